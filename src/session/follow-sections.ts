/**
 * Keeps sections that the wiring's readings leave out, and tells what changed in them: each namespace is read once when
 * it is first seen, in the background, and again when an event says so.
 */
import { diffSnapshots } from '../discover/diff.ts';
import { refreshNamespace } from '../discover/refresh.ts';
import type { Difference } from '../model/difference.ts';
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import { createRunner } from './runner.ts';

/** Milliseconds that events are gathered: a container's start writes dozens of rules, in as many transactions. */
const GATHER_MS = 100;

export type SectionFollower = {
  /** What there is now, after each reading of the wiring. Settles when each namespace has been read. */
  readonly follow: (snapshot: Snapshot) => Promise<void>;
  /** Something changed in this namespace; without one, maybe in each. */
  readonly changed: (id: string | undefined) => void;
  /** No more readings; settles when a running one has ended. */
  readonly close: () => Promise<void>;
};

/** `tell` gets the differences of one namespace and when they were seen, and nothing of what was there at the first look. */
export function followSections(
  system: System,
  sections: readonly Section[],
  tell: (differences: readonly Difference[], time: string) => void,
): SectionFollower {
  let last: Snapshot | undefined;
  let closed = false;
  const known = new Map<string, Known>();
  const told = new Set<string>();
  const unread = new Set<string>();
  const waiting: (() => void)[] = [];

  const read = async (snapshot: Snapshot, namespace: Namespace) => {
    const { namespace: fresh } = await refreshNamespace(system, namespace, sections);
    const owner = ownerOf(namespace);
    const earlier = known.get(namespace.id);
    const isSame = earlier?.owner === owner;
    // Of what could not be read this time, what was known stays the newest that is.
    const facts = { ...(isSame ? earlier.facts : {}), ...brought(namespace, fresh) };
    known.set(namespace.id, { owner, facts });
    if (!isSame) return;
    const around = (known: Facts) => ({ ...snapshot, namespaces: [{ ...namespace, ...known }] });
    const { differences } = diffSnapshots(around(earlier.facts), around(facts));
    if (differences.length > 0) tell(differences, system.clock.now().toISOString());
  };
  const runner = createRunner(async () => {
    for (let id = take(told, unread); id !== undefined && !closed; id = take(told, unread)) {
      const namespace = last?.namespaces.find((one) => one.id === id);
      if (last && namespace) await read(last, namespace);
    }
    for (const resolve of waiting.splice(0)) resolve();
  }, GATHER_MS);
  return {
    follow: (snapshot) => {
      last = snapshot;
      const here = new Map(snapshot.namespaces.map((namespace) => [namespace.id, ownerOf(namespace)]));
      for (const id of known.keys()) if (!here.has(id)) known.delete(id);
      for (const [id, owner] of here) if (known.get(id)?.owner !== owner) unread.add(id);
      if (unread.size === 0) return Promise.resolve();
      runner.request();
      return new Promise((resolve) => waiting.push(resolve));
    },
    changed: (id) => {
      for (const each of id === undefined ? known.keys() : [id]) told.add(each);
      runner.request();
    },
    close: async () => {
      closed = true;
      await runner.close();
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

type Facts = Partial<Namespace>;
type Known = { readonly owner: string; readonly facts: Facts };

/** What a reading added: a section may bring another one along. */
function brought(before: Namespace, after: Namespace): Facts {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => known.get(name) !== value));
}

/** The kernel gives an inode away again within seconds: what is known of it is another's as soon as another has it. */
function ownerOf({ kind, name, containers }: Namespace): string {
  return [kind, name, containers[0]?.id].join(' ');
}

/** The next one: of which something was told before those that nobody has read yet. */
function take(...queues: readonly Set<string>[]): string | undefined {
  for (const queue of queues)
    for (const id of queue) {
      for (const each of queues) each.delete(id);
      return id;
    }
  return undefined;
}
