/** Where names are looked up, as a table: the file that says it, the servers, and whom Docker's own one asks. */
import type { Namespace } from '../model/namespace.ts';
import type { Resolver, ResolverSettings } from '../model/resolver.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { Row, TableView } from './table.ts';

const SOURCES: Readonly<Record<Resolver['source'], string>> = {
  process: 'as its processes see it',
  engine: 'as the engine keeps it',
  netns: 'of this name (ip netns exec)',
  host: 'the host’s: this namespace has none of its own',
};

const UPSTREAM_SOURCES: Readonly<Record<NonNullable<ResolverSettings['upstreamsFrom']>, string>> = {
  container: 'given to the container (--dns)',
  daemon: 'concluded from the daemon’s --dns, as it is now',
  host: 'concluded from the host’s resolv.conf, as it is now',
  default: 'concluded: the engine’s default, for the host names none',
};

/** The first settings of a namespace, and under them those of each further container that is told something else. */
export function dnsTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const { resolver } = namespace;
  const groups = resolver === undefined ? [] : groupsOf(resolver, namespace);
  const several = (resolver?.others ?? []).length > 0;
  const rows = groups.flatMap(({ whose, settings }) =>
    rowsOf(settings, namespace).map(({ key, cells }) => ({
      key: `${whose} ${key}`,
      cells: several ? [whose, ...cells] : cells,
    })),
  );
  return {
    columns: [
      ...(several ? [{ title: 'of', shrink: 12 }] : []),
      { title: 'what' },
      { title: 'value', shrink: 12 },
      { title: 'note', shrink: 12, optional: true },
    ],
    rows,
    empty: formatNotRead(snapshot, namespace.id, 'resolver'),
  };
}

/** Containers that are told the same, together; a namespace without a container is named itself. */
function groupsOf({ others = [], ...first }: Resolver, { name }: Namespace) {
  const equal = Map.groupBy([first, ...others], ({ container: _, ...told }) => JSON.stringify(told));
  return [...equal.values()].flatMap((members) => {
    const whose = members.map(({ container }) => container ?? name).join(', ');
    return members.slice(0, 1).map((settings: ResolverSettings) => ({ whose, settings }));
  });
}

function rowsOf(resolver: ResolverSettings, { kind }: Namespace): readonly Row[] {
  const { path, source, nameservers, search, options, embedded, upstreams, upstreamsFrom } = resolver;
  const row = (what: string, value: string, note = '', place = 0): Row => ({
    key: `${what} ${place}`,
    cells: [what, value, note],
  });
  const from = upstreamsFrom === undefined ? '' : UPSTREAM_SOURCES[upstreamsFrom];
  const upstreamRows = (upstreams ?? []).map(({ address, fromHost }, place) =>
    row('upstream', address, [fromHost ? 'asked from the host' : '', from].filter(Boolean).join('; '), place),
  );
  const untold = embedded && upstreams === undefined;
  return [
    row('file', path, kind === 'host' && source === 'host' ? '' : SOURCES[source]),
    // resolv.conf(5): without a server, the one on this machine is asked.
    ...(nameservers.length === 0 ? [row('nameserver', '127.0.0.1', 'none is named')] : []),
    ...nameservers.map((address, place) =>
      row('nameserver', address, address === '127.0.0.11' ? 'Docker’s own' : '', place),
    ),
    ...upstreamRows,
    ...(untold ? [row('upstream', '?', 'this engine does not write whom it asks')] : []),
    ...(search.length > 0 ? [row('search', search.join(' '))] : []),
    ...(options.length > 0 ? [row('options', options.join(' '))] : []),
  ];
}
