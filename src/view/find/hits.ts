/** Who owns what somebody asks for: every namespace and link that a word means, and why. */
import type { Container } from '../../model/container.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isInSubnet, normalizeAddress, normalizeSubnet, type Query } from './query.ts';

export type HitKind =
  | 'address'
  | 'subnet'
  | 'mac'
  | 'link'
  | 'ifindex'
  | 'pid'
  | 'port'
  | 'container'
  | 'namespace'
  | 'network';

export type Hit = {
  readonly kind: HitKind;
  /** The namespace's name; null for a container without one, and for a network without a bridge here. */
  readonly namespace: string | null;
  readonly link?: string;
  /** What matched, as it stands there. */
  readonly value: string;
  readonly detail: string;
};

export type Found = {
  readonly hits: readonly Hit[];
  /** Links whose subnet an address lies in that nobody has: `web/eth0 10.0.0.2/24`. */
  readonly within: readonly string[];
  readonly searched: { readonly namespaces: number; readonly links: number; readonly containers: number };
};

/** Everything that the query means. */
export function findHits(snapshot: Snapshot, query: Query): Found {
  const hits = [
    ...snapshot.namespaces.flatMap((namespace) => [
      ...namespaceHits(namespace, query),
      ...(namespace.links ?? []).flatMap((link) => linkHits(namespace, link, query)),
      ...socketHits(namespace, query),
    ]),
    ...snapshot.stoppedContainers.flatMap((container) => containerHits(null, container, query)),
    ...networkHits(snapshot, query),
  ];
  const { address } = query;
  const within = hits.length > 0 || address === undefined ? [] : findWithin(snapshot, address);
  return { hits, within, searched: count(snapshot) };
}

function namespaceHits(namespace: Namespace, query: Query): readonly Hit[] {
  const { name, names, pids, containers, kind, id } = namespace;
  const ofContainers = containers.flatMap((container) => containerHits(name, container, query));
  const isNamed = names.includes(query.text) || id === query.text;
  return [
    ...(isNamed && ofContainers.length === 0
      ? [{ kind: 'namespace' as const, namespace: name, value: query.text, detail: `${kind}, inode ${id}` }]
      : []),
    ...ofContainers,
    ...(query.number !== undefined && pids.includes(query.number)
      ? [{ kind: 'pid' as const, namespace: name, value: query.text, detail: 'a process in it' }]
      : []),
  ];
}

function containerHits(namespace: string | null, container: Container, query: Query): readonly Hit[] {
  const { id, name, image, state, compose, ports } = container;
  const { text, port } = query;
  const isId = text.length > 1 && /^[0-9a-f]+$/.test(text) && id.startsWith(text);
  const service = compose && [compose.service, `${compose.project}/${compose.service}`].includes(text);
  const named: readonly Hit[] =
    text === name || isId || service
      ? [{ kind: 'container', namespace, value: name, detail: `${image}, ${state}, ${id.slice(0, 12)}` }]
      : [];
  const published = ports.filter(
    ({ hostPort, protocol, hostAddress }) =>
      port?.number === hostPort &&
      (port.protocol ?? protocol) === protocol &&
      (port.address === undefined || isAny(hostAddress) || hostAddress === port.address),
  );
  return [
    ...named,
    ...published.map(
      ({ hostAddress, hostPort, containerPort, protocol }): Hit => ({
        kind: 'port',
        namespace,
        value: `${bracket(hostAddress)}:${hostPort}/${protocol}`,
        detail: `published by container ${name} (${state}), goes to its port ${containerPort}`,
      }),
    ),
  ];
}

function linkHits(namespace: Namespace, link: Link, query: Query): readonly Hit[] {
  const hit = (kind: HitKind, value: string): Hit => ({
    kind,
    namespace: namespace.name,
    link: link.name,
    value,
    detail: describeLink(link),
  });
  const { address, subnet, mac, number, text } = query;
  return [
    ...(link.name === text ? [hit('link', link.name)] : []),
    ...(mac !== undefined && link.mac.toLowerCase() === mac ? [hit('mac', link.mac)] : []),
    ...(number === link.ifindex ? [hit('ifindex', String(link.ifindex))] : []),
    ...link.addresses.flatMap((cidr) => {
      const own = normalizeAddress(cidr.split('/')[0] ?? '');
      if (own === undefined) return [];
      if (own === address) return [hit('address', cidr)];
      return subnet !== undefined && isInSubnet(own, subnet) ? [hit('subnet', cidr)] : [];
    }),
  ];
}

function socketHits({ name, sockets = [] }: Namespace, { port }: Query): readonly Hit[] {
  if (port === undefined) return [];
  return sockets
    .filter(
      (socket) =>
        socket.port === port.number &&
        (port.protocol ?? socket.protocol) === socket.protocol &&
        (port.address === undefined || isAny(socket.address) || socket.address === port.address),
    )
    .map(({ address, protocol, owners = [] }) => {
      const processes = owners.map((owner) => `${owner.name} (pid ${owner.pid})`).join(', ');
      const value = `${bracket(address)}:${port.number}/${protocol}`;
      return { kind: 'port', namespace: name, value, detail: `listens: ${processes || 'process not seen'}` };
    });
}

function networkHits(snapshot: Snapshot, { text, subnet }: Query): readonly Hit[] {
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  return snapshot.networks
    .filter(
      ({ name, id, subnets }) =>
        name === text ||
        (text.length > 1 && id.startsWith(text)) ||
        (subnet !== undefined && subnets.some((one) => normalizeSubnet(one) === subnet)),
    )
    .map(({ name, driver, bridge, subnets, internal }) => {
      const onHost = host?.links?.some((link) => link.name === bridge) ?? false;
      const detail = [driver, internal ? 'internal' : '', ...subnets].filter(Boolean).join(', ');
      return {
        kind: 'network',
        namespace: onHost ? (host?.name ?? null) : null,
        ...(onHost && bridge !== undefined ? { link: bridge } : {}),
        value: name,
        detail,
      };
    });
}

/** Where an address would be: on a link with a subnet around it. Loopback and /32 say nothing. */
function findWithin(snapshot: Snapshot, address: string): readonly string[] {
  return snapshot.namespaces.flatMap((namespace) =>
    (namespace.links ?? []).flatMap((link) =>
      link.addresses
        .filter((cidr) => normalizeSubnet(cidr) !== undefined && isInSubnet(address, cidr))
        .map((cidr) => `${namespace.name}/${link.name} ${cidr}`),
    ),
  );
}

function count({ namespaces, stoppedContainers }: Snapshot): Found['searched'] {
  return {
    namespaces: namespaces.length,
    links: namespaces.reduce((sum, { links = [] }) => sum + links.length, 0),
    containers: namespaces.reduce((sum, { containers }) => sum + containers.length, stoppedContainers.length),
  };
}

function describeLink({ kind, operState, master, network, addresses }: Link): string {
  const port = master ? [`port of ${master.name}`] : [];
  const docker = network ? [`Docker network ${network}`] : [];
  return [kind, operState, ...port, ...docker, ...addresses].join(', ');
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '';
}

function bracket(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
