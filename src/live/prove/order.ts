/**
 * From what each namespace's tap heard, in its own order, to one order along the way: what leaves by a link is heard next
 * where the link's peer lives. Time stamps would not do: the kernel begins to make them some time after it is asked to.
 */
import type { Namespace } from '../../model/namespace.ts';
import type { Sighting } from './proof.ts';

/** What was seen in one namespace, oldest first. */
export type Heard = { readonly namespace: Namespace; readonly seen: readonly Sighting[] };

/** `home` is the id of the namespace that sends. */
export function inOrder(heard: readonly Heard[], home: string): readonly Sighting[] {
  const waiting = new Map(heard.map(({ namespace, seen }) => [namespace.id, { namespace, seen: [...seen] }]));
  const ordered: Sighting[] = [];
  /** Where the packet was before, the last first: there it goes on when a branch has ended. */
  const left: string[] = [home];
  for (;;) {
    const id = left.findLast((one) => waiting.get(one)?.seen.length) ?? nextWaiting(waiting);
    const here = id === undefined ? undefined : waiting.get(id);
    const one = here?.seen.shift();
    if (!here || !one) return ordered;
    if (left.at(-1) !== here.namespace.id) left.push(here.namespace.id);
    ordered.push(one);
    const beyond = one.way === 'out' ? peerNamespace(here.namespace, one.link) : undefined;
    if (beyond !== undefined && beyond !== here.namespace.id) left.push(beyond);
  }
}

function nextWaiting(
  waiting: ReadonlyMap<string, { readonly seen: readonly unknown[] }>,
): string | undefined {
  return [...waiting].find(([, { seen }]) => seen.length > 0)?.[0];
}

function peerNamespace({ links = [] }: Namespace, name: string): string | undefined {
  return links.find((link) => link.name === name)?.peer?.namespace;
}
