/** Keeps the snapshot as fresh as events allow: the wiring is read again when something changed, the focus once a second too. */
import type { EngineChoice } from '../../probes/engine-endpoint.ts';
import { takeInventory } from '../discover/inventory.ts';
import { refreshNamespace } from '../discover/refresh.ts';
import { scan } from '../discover/scan.ts';
import { type Change, watchChanges } from '../discover/watch.ts';
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import type { Message } from '../store/messages.ts';
import type { System } from '../system/system.ts';
import { createRunner } from './runner.ts';

/** Milliseconds that events are gathered before the wiring is read: a container's start is a burst of about twenty. */
const GATHER_MS = 40;
/** Milliseconds between readings of the focus: counters have no events, and rates want a steady beat. */
const FOCUS_BEAT_MS = 1_000;
/** Dumping iptables starts processes, so rules are read at every second beat only. */
const RULES_EVERY_BEATS = 2;

export type Freshness = {
  readonly snapshot: () => Snapshot | undefined;
  readonly focus: (namespace: string, sections: readonly Section[]) => void;
  readonly rescan: () => void;
  readonly close: () => Promise<void>;
};

type Tell = { readonly snapshot: (snapshot: Snapshot) => void; readonly post: (message: Message) => void };

/** Begins with a scan at once, and listens from before it on, so that no change falls in between. */
export function createFreshness(system: System, engine: EngineChoice, tell: Tell): Freshness {
  let snapshot: Snapshot | undefined;
  let focused: { readonly id: string; readonly sections: readonly Section[] } | undefined;
  let details: Namespace | undefined;
  let beats = 0;
  let search = true;
  let unknownBefore = '';
  const ending = new AbortController();

  const readAll = async () => {
    // An engine that goes away while we look is a gap, whoever named it.
    const inventory = await takeInventory(system, {
      engine: { ...engine, explicit: false },
      processes: true,
    });
    const searchHidden = search;
    const read = await scan(system, inventory, { sections: ['links', 'addresses'], searchHidden });
    const unknown = unknownPeers(read);
    // A search that found nothing new is not repeated until another peer is missing.
    search = unknown !== unknownBefore || read.namespaces.some(isFoundBySearch);
    unknownBefore = unknown;
    if (search && !searchHidden) wiring.request();
    snapshot = withDetails(read, details);
    tell.snapshot(snapshot);
  };
  const readFocus = async () => {
    const namespace = snapshot && focused ? findNamespace(snapshot, focused.id) : undefined;
    if (!snapshot || !focused || !namespace) return;
    const sections = focused.sections.filter(
      (name) => name !== 'rulesets' || beats % RULES_EVERY_BEATS === 0,
    );
    const { namespace: fresh, gaps, rewired } = await refreshNamespace(system, namespace, sections);
    if (rewired) wiring.request();
    if (focused?.id !== fresh.id) return;
    details = fresh;
    snapshot = withDetails(snapshot, fresh);
    tell.post({ kind: 'namespace', namespace: fresh, gaps, atMs: system.clock.monotonicMs() });
  };
  const wiring = createRunner(readAll, GATHER_MS);
  const focus = createRunner(readFocus, GATHER_MS);
  const changed = (change: Change) => {
    if (change.kind === 'engine') tell.post(engineNotice(change));
    if (change.kind !== 'tables') wiring.request();
    focus.request();
  };
  const beat = setInterval(() => {
    beats += 1;
    if (focused) focus.request();
  }, FOCUS_BEAT_MS);
  const watching = watchChanges(system, { engineEndpoint: engine.endpoint, changed, signal: ending.signal });
  wiring.request();

  return {
    snapshot: () => snapshot,
    focus: (id, sections) => {
      if (details?.id !== id) details = undefined;
      focused = { id, sections };
      beats = 0;
      focus.request();
    },
    rescan: wiring.request,
    close: async () => {
      ending.abort();
      clearInterval(beat);
      await Promise.all([wiring.close(), focus.close(), watching]);
    },
  };
}

/** The links whose peer is missing, as one text to compare. */
function unknownPeers({ namespaces }: Snapshot): string {
  return namespaces
    .flatMap(({ id, links }) =>
      (links ?? []).flatMap(({ ifindex, peerUnknown }) =>
        peerUnknown === undefined ? [] : [`${id}/${ifindex}`],
      ),
    )
    .join(' ');
}

/** Known only through a descriptor or a foreign mount: without the search it would vanish from the next snapshot. */
function isFoundBySearch({ kind, paths }: Namespace): boolean {
  return kind === 'hidden' && paths.every((path) => path.startsWith('/proc/'));
}

/** What only the focus reads is kept when the wiring is read again. */
function withDetails(snapshot: Snapshot, details: Namespace | undefined): Snapshot {
  if (!details) return snapshot;
  const { routes, neighbours, rulesets, sysctls } = details;
  const kept = Object.fromEntries(
    Object.entries({ routes, neighbours, rulesets, sysctls }).filter(([, table]) => table !== undefined),
  );
  const namespaces = snapshot.namespaces.map((one) => (one.id === details.id ? { ...one, ...kept } : one));
  return { ...snapshot, namespaces };
}

function engineNotice({ connected, reason }: Extract<Change, { kind: 'engine' }>): Message {
  if (connected) return { kind: 'notice', level: 'info', text: 'engine connected' };
  return { kind: 'notice', level: 'warning', text: `engine not reachable: ${reason ?? 'no reason given'}` };
}
