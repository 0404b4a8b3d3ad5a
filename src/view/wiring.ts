/** A namespace's wiring in one line: `web eth0 ⇄ veth3f2a → docker0`. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';
import { measureCells, truncateEnd, truncateMiddle } from './cells.ts';
import { formatPlural } from './format.ts';
import { formatNotRead } from './gaps.ts';

/** Each wire of a namespace, such as `eth0 ⇄ veth3f2a → docker0`; addresses are told where there is room. */
function findWires(snapshot: Snapshot, namespace: Namespace, withAddresses: boolean): readonly string[] {
  const links = (namespace.links ?? []).filter((link) => link.kind !== 'loopback');
  if (namespace.kind === 'host') return describeHost(links);
  return links
    .filter((link) => link.master === null)
    .map((link) => formatWire(snapshot, link, links, withAddresses));
}

/** The line in at most `widthCells`: with addresses if they fit, without them if not, then with less of the name, cut at last. */
export function formatWiring(snapshot: Snapshot, namespace: Namespace, widthCells?: number): string {
  const { name } = namespace;
  if (namespace.links === undefined)
    return truncate(`${name}  links ${formatNotRead(snapshot, namespace.id, 'links')}`, widthCells);
  const wiresOf = (withAddresses: boolean) => {
    const wires = findWires(snapshot, namespace, withAddresses);
    return wires.length === 0 ? 'no wires: only loopback' : wires.join('  ·  ');
  };
  const rich = `${name}  ${wiresOf(true)}`;
  if (widthCells === undefined || measureCells(rich) <= widthCells) return rich;
  const plain = wiresOf(false);
  const nameCells = Math.max(LEAST_NAME, widthCells - measureCells(plain) - 2);
  return truncate(`${truncateMiddle(name, nameCells)}  ${plain}`, widthCells);
}

/** Cells that always remain of the name, which the list beside it tells too. */
const LEAST_NAME = 8;

function formatWire(
  snapshot: Snapshot,
  link: Link,
  siblings: readonly Link[],
  withAddresses: boolean,
): string {
  const address = withAddresses ? link.addresses.find((cidr) => !cidr.startsWith('fe80:')) : undefined;
  const name = address === undefined ? link.name : `${link.name} ${address}`;
  const ports = siblings.filter((sibling) => sibling.master?.ifindex === link.ifindex).length;
  if (ports > 0) return `${name} (${formatPlural(ports, 'port')})`;
  if (link.peer === null) return link.peerUnknown === undefined ? name : `${name} ⇄ ? ${link.peerUnknown}`;
  const peerNamespace = findNamespace(snapshot, link.peer.namespace);
  const peerLink = findLink(peerNamespace, link.peer.ifindex);
  const where = peerNamespace === undefined || peerNamespace.kind === 'host' ? '' : `${peerNamespace.name}/`;
  const bridge = peerLink?.master === null || peerLink === undefined ? '' : ` → ${peerLink.master.name}`;
  return `${name} ⇄ ${where}${link.peer.name}${bridge}`;
}

/** The host has a link for every container: its own links and its bridges say more than all of them. */
function describeHost(links: readonly Link[]): readonly string[] {
  const ports = (bridge: Link) => links.filter((link) => link.master?.ifindex === bridge.ifindex).length;
  const isOwn = (link: Link) => link.kind === 'device' || (link.kind !== 'bridge' && hasOwnAddress(link));
  const devices = links.filter((link) => link.master === null && isOwn(link));
  const bridges = links.filter((link) => link.kind === 'bridge');
  return [
    ...devices.map((link) => link.name),
    ...bridges.map((link) => `${link.name} (${formatPlural(ports(link), 'port')})`),
  ];
}

/** Every link that is up has a link-local one, a container's host end too. */
function hasOwnAddress(link: Link): boolean {
  return link.addresses.some((cidr) => !cidr.startsWith('fe80:'));
}

function truncate(text: string, widthCells: number | undefined): string {
  return widthCells === undefined ? text : truncateEnd(text, widthCells);
}
