/** The list on the left: every namespace and every stopped container as one entry, filtered loosely. */
import fuzzysort from 'fuzzysort';
import type { Container } from '../model/container.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Tone } from './table.ts';

export type TargetEntry = {
  /** Stays the same when a container restarts into another namespace. */
  readonly key: string;
  readonly name: string;
  /** `●` a running container, `○` a namespace without one, `◌` a container that does not run. */
  readonly mark: string;
  readonly tone: Tone;
  /** Its first address, or the state of what does not run. */
  readonly note: string;
  /** Everything that the filter looks at. */
  readonly words: readonly string[];
  readonly namespace?: Namespace;
  readonly container?: Container;
};

/** The entries in their order: the host, containers by name, other namespaces, what does not run. */
export function listTargets(snapshot: Snapshot): readonly TargetEntry[] {
  const entries = snapshot.namespaces.map(namespaceEntry);
  const stopped = snapshot.stoppedContainers.map(stoppedEntry);
  return [...entries, ...stopped].sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}

/** Hits this much worse than the best one are noise: `db` means `db`, not `old-batch`. */
const WORST_OF_BEST = 0.5;

/** The entries that fit the filter, best first; all in their order when it is empty. `wb` finds `web`. */
export function filterTargets(entries: readonly TargetEntry[], filter: string): readonly TargetEntry[] {
  const query = filter.trim();
  if (query === '') return entries;
  const hits = entries.flatMap((entry) => {
    const score = Math.max(0, ...entry.words.map((word) => fuzzysort.single(query, word)?.score ?? 0));
    return score > 0 ? [{ entry, score }] : [];
  });
  const best = hits.reduce((most, { score }) => Math.max(most, score), 0);
  return hits
    .filter(({ score }) => score >= best * WORST_OF_BEST)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

function namespaceEntry(namespace: Namespace): TargetEntry {
  const [container] = namespace.containers;
  const address = firstAddress(namespace);
  const read = namespace.links !== undefined;
  return {
    key: entryKey(namespace),
    name: namespace.containers.length > 1 && namespace.kind !== 'host' ? shared(namespace) : namespace.name,
    mark: namespace.kind === 'host' ? '◆' : container === undefined ? '○' : '●',
    tone: !read ? 'warn' : namespace.kind === 'host' ? 'accent' : container === undefined ? 'normal' : 'good',
    note: read ? address : 'not read',
    words: [
      namespace.name,
      ...namespace.names.filter((name) => name !== namespace.name),
      ...namespace.containers.flatMap((each) => [each.name, each.compose?.service ?? '', each.image]),
      ...(namespace.links ?? []).flatMap((link) => link.addresses),
    ].filter((word, index, words) => word !== '' && words.indexOf(word) === index),
    namespace,
    ...(container === undefined ? {} : { container }),
  };
}

function stoppedEntry(container: Container): TargetEntry {
  return {
    key: `container ${container.id}`,
    name: container.name,
    mark: '◌',
    tone: 'dim',
    note: container.state,
    words: [container.name, container.compose?.service ?? '', container.image].filter((word) => word !== ''),
    container,
  };
}

function entryKey(namespace: Namespace): string {
  if (namespace.kind === 'host') return 'host';
  const [container] = namespace.containers;
  return container === undefined ? `namespace ${namespace.id}` : `container ${container.id}`;
}

function shared(namespace: Namespace): string {
  return `${namespace.name} +${namespace.containers.length - 1}`;
}

/** The address to reach it by, without its prefix length; empty where it has none. */
export function firstAddress(namespace: Namespace): string {
  const addresses = (namespace.links ?? [])
    .filter((link) => link.kind !== 'loopback' && link.master === null)
    .flatMap((link) => link.addresses)
    .filter((address) => !address.startsWith('fe80:'));
  return addresses[0]?.replace(/\/\d+$/, '') ?? '';
}

function rank(entry: TargetEntry): number {
  if (entry.namespace === undefined) return 3;
  if (entry.namespace.kind === 'host') return 0;
  return entry.container === undefined ? 2 : 1;
}
