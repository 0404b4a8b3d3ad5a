/**
 * Reads as the packet goes: only the namespaces on a packet's way need their routes, rules and sockets, and which those
 * are is known once it has been walked that far.
 */
import { programAsker } from '../../probes/bpf/ask.ts';
import { readHolders, type SocketHolders } from '../../probes/sockets/holders.ts';
import type { Section } from '../model/facts.ts';
import { joinGaps } from '../model/gap.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import type { Wanted } from './read-namespace.ts';
import { type Refreshed, refreshNamespace } from './refresh.ts';

const PATH_SECTIONS: readonly Section[] = [
  'links',
  'addresses',
  'routes',
  'policyRules',
  'neighbours',
  'fdb',
  'trafficControl',
  'sysctls',
  'rulesets',
  'sockets',
];

/** Namespaces that are read for one packet; a way that needs more is not followed to its end. */
const MOST_NAMESPACES = 32;
/** Namespaces read at once: each may start tools of the firewall, which want a processor and memory of their own. */
const PARALLEL_READINGS = 8;

/**
 * Walks, reads what the walk wanted, and walks again until nothing more is wanted, or so many namespaces were read. Each is
 * read once. Returns the last walk and the snapshot it was on.
 */
export async function walkReading<Walked extends { readonly wanted: readonly string[] }>(
  system: System,
  snapshot: Snapshot,
  walk: (snapshot: Snapshot) => Walked,
  mostNamespaces = MOST_NAMESPACES,
): Promise<{ readonly snapshot: Snapshot; readonly walked: Walked }> {
  const read = new Set<string>();
  const shared = sharedLooks(system);
  let current = snapshot;
  for (;;) {
    const walked = walk(current);
    const missing = walked.wanted.filter((id) => !read.has(id));
    if (missing.length === 0 || read.size >= mostNamespaces) return { snapshot: current, walked };
    for (const id of missing) read.add(id);
    current = await readMore(system, current, missing, shared);
  }
}

type Shared = Required<Pick<Wanted, 'holders' | 'askProgram'>>;

/** What is asked of the whole machine, once for all namespaces: who holds which socket, and what BPF programs there are. */
function sharedLooks({ files, programs }: System): Shared {
  let known: SocketHolders | undefined;
  return {
    holders: () => {
      known ??= readHolders(files);
      return known;
    },
    askProgram: programAsker(programs),
  };
}

async function readMore(
  system: System,
  snapshot: Snapshot,
  ids: readonly string[],
  shared: Shared,
): Promise<Snapshot> {
  const wanted = new Set(ids);
  const waiting: Namespace[] = snapshot.namespaces.filter(({ id }) => wanted.has(id));
  const read = new Map<string, Refreshed>();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      read.set(next.id, await refreshNamespace(system, next, PATH_SECTIONS, shared));
  };
  await Promise.all(Array.from({ length: PARALLEL_READINGS }, work));
  return {
    ...snapshot,
    namespaces: snapshot.namespaces.map((namespace) => read.get(namespace.id)?.namespace ?? namespace),
    gaps: joinGaps(
      snapshot.gaps,
      [...read.values()].flatMap(({ gaps }) => gaps),
    ),
  };
}
