/** Keeps the snapshot as fresh as events allow: the wiring is read again when something changed, the focus once a second too. */
import type { EngineChoice } from '../../probes/engine-endpoint.ts';
import type { Change } from '../discover/change.ts';
import { takeInventory } from '../discover/inventory.ts';
import { namespaceAt } from '../discover/namespace-at.ts';
import { refreshNamespace } from '../discover/refresh.ts';
import { type Scan, scanWhole } from '../discover/scan.ts';
import { scanAgain } from '../discover/scan-again.ts';
import { watchChanges } from '../discover/watch.ts';
import { type Section, WIRING } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import type { Message } from '../store/messages.ts';
import type { System } from '../system/system.ts';
import { beatsBetween, RULES } from './costly.ts';
import { DETAILS, type Details, onlyRead, pick, withDetails } from './details.ts';
import { createRunner } from './runner.ts';

/** Milliseconds that events are gathered before the wiring is read: a container's start is a burst of about twenty. */
const GATHER_MS = 40;
/** Milliseconds between readings of the focus: counters have no events, and rates want a steady beat. */
const FOCUS_BEAT_MS = 1_000;

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
  let details: Details | undefined;
  let beats = 0;
  let readAtBeat: ReadonlyMap<Section, number> = new Map();
  let search = true;
  let unknownBefore = '';
  let last: Scan | undefined;
  let pending: Set<string> | 'all' = 'all';
  const ending = new AbortController();

  const readAll = async () => {
    const changed = pending;
    pending = new Set();
    const again =
      last && changed !== 'all' ? await scanAgain(system, last, changed, { sections: WIRING }) : undefined;
    last = again ?? (await readEverything());
    // A peer that went missing may be in a namespace that is not known yet.
    if (again && unknownPeers(again.snapshot) !== unknownBefore) requestAll();
    snapshot = withDetails(last.snapshot, details);
    tell.snapshot(snapshot);
  };
  const readEverything = async () => {
    // An engine that goes away while we look is a gap, whoever named it.
    const inventory = await takeInventory(system, {
      engine: { ...engine, explicit: false },
      processes: true,
    });
    const searchHidden = search;
    const whole = await scanWhole(system, inventory, { sections: WIRING, searchHidden });
    const unknown = unknownPeers(whole.snapshot);
    // A search that found nothing new is not repeated until another peer is missing.
    search = unknown !== unknownBefore || whole.snapshot.namespaces.some(isFoundBySearch);
    unknownBefore = unknown;
    if (search && !searchHidden) requestAll();
    return whole;
  };
  const requestAll = () => {
    pending = 'all';
    wiring.request();
  };
  const readFocus = async () => {
    const namespace = snapshot && focused ? findNamespace(snapshot, focused.id) : undefined;
    if (!snapshot || !focused || !namespace) return;
    const wanted = focused.sections;
    const around = snapshot;
    const sections = wanted.filter(
      (name) => beats - (readAtBeat.get(name) ?? -Infinity) >= beatsBetween(name, around, namespace),
    );
    readAtBeat = new Map([...readAtBeat, ...sections.map((name) => [name, beats] as const)]);
    const { namespace: fresh, gaps, rewired } = await refreshNamespace(system, namespace, sections);
    if (rewired) requestAll();
    if (focused?.id !== fresh.id) return;
    const read = DETAILS.filter((name) => fresh[name] !== undefined && fresh[name] !== namespace[name]);
    const isWhole = sections.length === wanted.length;
    details = {
      id: fresh.id,
      facts: { ...details?.facts, ...pick(fresh, read) },
      gaps: isWhole ? gaps : (details?.gaps ?? []),
    };
    snapshot = withDetails(snapshot, details);
    tell.post({
      kind: 'namespace',
      namespace: onlyRead(fresh, read),
      gaps,
      atMs: system.clock.monotonicMs(),
    });
  };
  const wiring = createRunner(readAll, GATHER_MS);
  const focus = createRunner(readFocus, GATHER_MS);
  let engineLost = false;
  // That the engine answers at all is in the first snapshot.
  const tellEngine = (change: Extract<Change, { kind: 'engine' }>) => {
    if (engineLost || !change.connected) tell.post(engineNotice(change));
    engineLost = !change.connected;
  };
  const changed = (change: Change) => {
    if (change.kind === 'engine') tellEngine(change);
    const where = change.kind === 'engine' ? undefined : change.where;
    const id = snapshot && where ? namespaceAt(snapshot, where) : undefined;
    if (change.kind === 'wiring' || change.kind === 'engine') {
      if (id === undefined) pending = 'all';
      else if (pending !== 'all') pending.add(id);
      wiring.request();
    }
    const isFocus = where === undefined || id === focused?.id;
    if (change.kind === 'rulesets' && isFocus)
      readAtBeat = new Map([...readAtBeat].filter(([name]) => !RULES.includes(name)));
    if (isFocus || (change.kind !== 'rulesets' && change.kind !== 'sysctls')) focus.request();
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
      if (focused?.id !== id) {
        details = undefined;
        readAtBeat = new Map();
      }
      focused = { id, sections };
      focus.request();
    },
    rescan: requestAll,
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

function engineNotice({ connected, reason }: Extract<Change, { kind: 'engine' }>): Message {
  if (connected) return { kind: 'notice', level: 'info', text: 'the engine is back' };
  return { kind: 'notice', level: 'warning', text: `engine not reachable: ${reason ?? 'no reason given'}` };
}
