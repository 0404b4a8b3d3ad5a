/** Where names are looked up, as a table: the file that says it, the servers, and whom Docker's own one asks. */
import type { Namespace } from '../model/namespace.ts';
import type { Resolver } from '../model/resolver.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { Row, TableView } from './table.ts';

const SOURCES: Readonly<Record<Resolver['source'], string>> = {
  process: 'as its processes see it',
  engine: 'as the engine keeps it',
  netns: 'of this name (ip netns exec)',
  host: 'the host’s: this namespace has none of its own',
};

export function dnsTable(snapshot: Snapshot, namespace: Namespace): TableView {
  const { resolver } = namespace;
  return {
    columns: [
      { title: 'what' },
      { title: 'value', shrink: 12 },
      { title: 'note', shrink: 12, optional: true },
    ],
    rows: resolver === undefined ? [] : rowsOf(resolver, namespace),
    empty: formatNotRead(snapshot, namespace.id, 'resolver'),
  };
}

function rowsOf(resolver: Resolver, { kind }: Namespace): readonly Row[] {
  const { path, source, nameservers, search, options, embedded, upstreams } = resolver;
  const row = (what: string, value: string, note = '', place = 0): Row => ({
    key: `${what} ${place}`,
    cells: [what, value, note],
  });
  const upstreamRows = (upstreams ?? []).map(({ address, fromHost }, place) =>
    row('upstream', address, fromHost ? 'asked from the host' : '', place),
  );
  const untold = embedded && upstreams === undefined;
  return [
    row('file', path, kind === 'host' ? '' : SOURCES[source]),
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
