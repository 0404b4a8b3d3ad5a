/** The document `netpeek.snapshot/1`: the whole picture, with every table that was read of each namespace (docs/json.md). */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jsonDocument } from './document.ts';
import { namespaceJson } from './namespace.ts';

export function snapshotJson(version: string, snapshot: Snapshot): object {
  const { hostname, engine, networks, namespaces, stoppedContainers } = snapshot;
  return jsonDocument('snapshot', version, snapshot, {
    hostname,
    engine,
    networks,
    namespaces: namespaces.map((each) => ({
      ...namespaceJson(each),
      containers: each.containers,
      ...tablesOf(each),
    })),
    stoppedContainers,
  });
}

/** Every table there is. One that was not read is left out, and a gap says why; an empty one was read and holds nothing. */
function tablesOf(namespace: Namespace): object {
  const { id, name, names, kind, paths, pids, containers, links, ...tables } = namespace;
  return Object.fromEntries(Object.entries(tables).filter(([, table]) => table !== undefined));
}
