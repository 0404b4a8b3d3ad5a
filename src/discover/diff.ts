/** What differs between two snapshots, be they of one machine at two times. Pure. */
import type { Container, DockerNetwork } from '../model/container.ts';
import type { Comparison, Difference, DifferenceKind } from '../model/difference.ts';
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { edgesOf, isCertain, isCut, namesItsLinks } from './diff/cut-tables.ts';
import {
  fdbRows,
  policyRuleRows,
  resolverRows,
  socketRows,
  tcxRows,
  trafficControlRows,
} from './diff/more-rows.ts';
import { diffNftables, readAtBoth } from './diff/nft-rules.ts';
import { addressRows, linkRows, neighbourRows, routeRows, sysctlRows } from './diff/rows.ts';
import { diffRulesets, rulesOfOne } from './diff/rules.ts';
import { type ComparedRow, diffRows } from './diff/table.ts';

type RowTable = {
  readonly name: Exclude<Section, 'rulesets' | 'conntrack'>;
  readonly kind: DifferenceKind;
  /** Comes and goes with its link; only of links that stayed it is worth a word. */
  readonly ofLinks?: boolean;
  /** A part of that section that may be unread although the section was read: its name, and how to find it. */
  readonly part?: { readonly name: string; readonly of: (namespace: Namespace) => unknown };
  readonly rows: (snapshot: Snapshot, namespace: Namespace) => readonly ComparedRow[];
};

const rowTables: readonly RowTable[] = [
  { name: 'links', kind: 'link', rows: linkRows },
  { name: 'addresses', kind: 'address', rows: addressRows },
  { name: 'routes', kind: 'route', rows: routeRows },
  { name: 'neighbours', kind: 'neighbour', rows: neighbourRows },
  { name: 'sysctls', kind: 'sysctl', rows: sysctlRows },
  { name: 'policyRules', kind: 'policy-rule', rows: policyRuleRows },
  { name: 'fdb', kind: 'fdb', ofLinks: true, rows: fdbRows },
  { name: 'trafficControl', kind: 'tc', ofLinks: true, rows: trafficControlRows },
  {
    name: 'trafficControl',
    kind: 'tc',
    ofLinks: true,
    part: { name: 'tcx', of: ({ trafficControl }) => trafficControl?.tcx },
    rows: tcxRows,
  },
  { name: 'sockets', kind: 'socket', rows: socketRows },
  { name: 'resolver', kind: 'resolver', rows: resolverRows },
];

/** Containers and networks first, then namespace by namespace. */
export function diffSnapshots(before: Snapshot, after: Snapshot): Comparison {
  const notCompared: string[] = [];
  const inPart = new Set<string>();
  const differences: Difference[] = [];
  if (before.engine && after.engine) {
    const containers = (one: Snapshot) => containersOf(one).map(containerRow);
    differences.push(...diffRows({ kind: 'container' }, containers(before), containers(after)));
    const networks = (one: Snapshot) => one.networks.map(networkRow);
    differences.push(...diffRows({ kind: 'network' }, networks(before), networks(after)));
  } else if (before.engine || after.engine) notCompared.push('containers and networks');
  const [old, fresh] = [byIdentity(before), byIdentity(after)];
  differences.push(...diffRows({ kind: 'namespace' }, namespaceRows(old), namespaceRows(fresh)));
  for (const [identity, namespace] of fresh) {
    const earlier = old.get(identity);
    if (!earlier) continue;
    const stayed = namesOfBoth(earlier, namespace);
    const edges = edgesOf([before, earlier], [after, namespace]);
    for (const { name, kind, rows, part, ofLinks = false } of rowTables) {
      const isRead = part?.of ?? ((one: Namespace) => one[name]);
      const told = (snapshot: Snapshot, one: Namespace) =>
        rows(snapshot, one)
          .filter(({ link }) => !ofLinks || link === undefined || stayed.has(link))
          .filter((row) => namesItsLinks(edges, row));
      if (isRead(earlier) && isRead(namespace)) {
        const [old, fresh] = [told(before, earlier), told(after, namespace)];
        const found = diffRows({ kind, namespace: namespace.name }, old, fresh);
        for (const each of found) if (isCertain(edges, name, each)) differences.push(each);
        if (isCut(edges, name)) inPart.add(`${namespace.name} ${name}`);
      } else if (isRead(earlier) || isRead(namespace))
        notCompared.push(`${namespace.name} ${part?.name ?? name}`);
    }
    if (earlier.rulesets && namespace.rulesets) {
      differences.push(...diffRulesets(namespace.name, earlier.rulesets, namespace.rulesets));
      const unread = rulesOfOne(earlier.rulesets, namespace.rulesets);
      notCompared.push(...unread.map((what) => `${namespace.name} ${what}`));
    } else if (earlier.rulesets || namespace.rulesets) notCompared.push(`${namespace.name} rulesets`);
    if (earlier.nftables && namespace.nftables) {
      const [old, fresh] = [earlier.nftables, namespace.nftables];
      const isCutShort = hasNftGap(before, earlier) || hasNftGap(after, namespace);
      if (isCutShort) notCompared.push(`${namespace.name} nftables`);
      differences.push(
        ...(isCutShort
          ? diffNftables(namespace.name, readAtBoth(old, fresh), readAtBoth(fresh, old))
          : diffNftables(namespace.name, old, fresh)),
      );
    } else if (earlier.nftables || namespace.nftables) notCompared.push(`${namespace.name} nftables`);
  }
  return { differences, notCompared, comparedInPart: [...inPart] };
}

/** Some table of nftables could not be read. */
function hasNftGap({ gaps }: Snapshot, { id }: Namespace): boolean {
  return gaps.some(({ probe, namespace }) => probe === 'nft' && namespace === id);
}

/** The links that are there at both times. */
function namesOfBoth(before: Namespace, after: Namespace): ReadonlySet<string> {
  const earlier = new Set(before.links?.map(({ name }) => name));
  return new Set(after.links?.map(({ name }) => name).filter((name) => earlier.has(name)));
}

/**
 * Namespaces by what they are over time: the host, a container, a name. The kernel gives an inode away again within
 * seconds, so where nothing better is known it counts together with the process that was found there.
 */
function byIdentity({ namespaces }: Snapshot): ReadonlyMap<string, Namespace> {
  return new Map(namespaces.map((namespace) => [identityOf(namespace), namespace]));
}

function identityOf({ id, kind, name, containers }: Namespace): string {
  const [container] = containers;
  if (kind === 'host') return 'host';
  if (container) return `container ${container.id}`;
  return kind === 'named' ? `netns ${name}` : `${kind} ${name} ${id}`;
}

function namespaceRows(namespaces: ReadonlyMap<string, Namespace>): readonly ComparedRow[] {
  return [...namespaces].map(([identity, { id, name, kind, links = [] }]) => {
    const wires = links
      .filter((link) => link.kind !== 'loopback')
      .map((link) => [link.name, ...link.addresses].join(' '));
    return {
      identity,
      name,
      what: [name, kind === 'host' ? '' : kind, ...(wires.length > 0 ? [`(${wires.join(', ')})`] : [])]
        .filter(Boolean)
        .join(' '),
      fields: { name, inode: kind === 'host' ? null : id },
    };
  });
}

function containersOf({ namespaces, stoppedContainers }: Snapshot): readonly Container[] {
  return [...namespaces.flatMap(({ containers }) => containers), ...stoppedContainers];
}

function containerRow({ id, name, image, state, networkMode, ports }: Container): ComparedRow {
  const published = ports
    .map((port) => `${port.hostAddress}:${port.hostPort}->${port.containerPort}/${port.protocol}`)
    .sort();
  const fields = { name, image, state, networkMode, ports: published.join(' ') };
  return { identity: id, what: `${name} (${state})`, fields };
}

function networkRow(network: DockerNetwork): ComparedRow {
  const { id, name, driver, internal, subnets, gateways, options } = network;
  const fields = {
    name,
    driver,
    internal: String(internal),
    subnets: subnets.join(' '),
    gateways: gateways.join(' '),
    options: JSON.stringify(options),
  };
  return { identity: id, what: [name, ...subnets].join(' '), fields };
}
