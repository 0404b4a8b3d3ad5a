/** What a message of the session does to the state. */
import { SECTIONS, WIRING, withFresh } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { gapExplains } from '../view/gaps.ts';
import { ruleCounters } from '../view/rule-rows.ts';
import { listTargets } from '../view/target-list.ts';
import { receiveLines } from './capture.ts';
import type { Message, Section } from './messages.ts';
import { advanceRates } from './rates.ts';
import { chosenNamespace } from './selectors.ts';
import { type Capture, notify, type State } from './state.ts';

export function reduceMessage(state: State, message: Message, atMs: number): State {
  switch (message.kind) {
    case 'snapshot':
      return receiveSnapshot({ ...state, attached: message.attached }, message.snapshot, atMs);
    case 'namespace':
      return receiveNamespace(state, message.namespace, message.gaps, message.atMs, atMs);
    case 'capture-started':
      return inCapture(state, message.id, (capture) => ({ ...capture, command: message.command }));
    case 'capture-lines':
      return inCapture(state, message.id, (capture) => receiveLines(capture, message.lines));
    case 'capture-stats':
      return inCapture(state, message.id, (capture) => ({ ...capture, dropped: message.dropped }));
    case 'capture-ended':
      return inCapture(state, message.id, (capture) => ({
        ...capture,
        ended: true,
        ...(message.dropped === undefined ? {} : { dropped: message.dropped }),
        ...(message.why === undefined ? {} : { why: message.why }),
        ...(message.error === undefined ? {} : { error: message.error }),
      }));
    case 'diagnosis':
      return finishDiagnosis(state, message.id, {
        kind: 'done',
        diagnosis: message.diagnosis,
        met: message.met,
        proving: message.proving,
      });
    case 'diagnosis-failed':
      return finishDiagnosis(state, message.id, { kind: 'failed', reason: message.reason });
    case 'notice':
      return notify(state, message.level, message.text);
    case 'closed':
      return { ...state, closed: true };
  }
}

/**
 * Sections that the new snapshot did not read stay as they were, with their own age. Those beyond the wiring come with
 * it as the focus has read them before, so they get no younger.
 */
function receiveSnapshot(state: State, snapshot: Snapshot, atMs: number): State {
  const namespaces = snapshot.namespaces.map((namespace) => {
    const before = state.snapshot?.namespaces.find((each) => each.id === namespace.id);
    return before === undefined || before.name !== namespace.name ? namespace : withFresh(before, namespace);
  });
  const readAt = Object.fromEntries(
    snapshot.namespaces.map((namespace) => {
      const before = state.readAt[namespace.id];
      const wiring = sectionTimes(namespace, atMs, WIRING);
      return [namespace.id, { ...sectionTimes(namespace, atMs), ...before, ...wiring }];
    }),
  );
  return settleChoice({ ...state, snapshot: { ...snapshot, namespaces }, readAt });
}

function receiveNamespace(
  state: State,
  fresh: Namespace,
  gaps: readonly Gap[],
  readAtMs: number,
  atMs: number,
): State {
  const { snapshot } = state;
  if (!snapshot?.namespaces.some((namespace) => namespace.id === fresh.id)) return state;
  const namespaces = snapshot.namespaces.map((each) =>
    each.id === fresh.id ? withFresh(each, fresh) : each,
  );
  const merged: State = {
    ...state,
    snapshot: { ...snapshot, namespaces, gaps: mergeGaps(snapshot.gaps, fresh, gaps) },
    readAt: { ...state.readAt, [fresh.id]: { ...state.readAt[fresh.id], ...sectionTimes(fresh, atMs) } },
  };
  if (chosenNamespace(state)?.id !== fresh.id) return merged;
  const looked =
    fresh.rulesets !== undefined && merged.ruleBaseline?.namespaceId !== fresh.id
      ? { ...merged, ruleBaseline: { namespaceId: fresh.id, counters: ruleCounters(fresh) } }
      : merged;
  return fresh.links === undefined
    ? looked
    : { ...looked, rates: advanceRates(looked.rates, fresh, readAtMs) };
}

/** A section that was read now has no gap any more, unless the new reading left one too. */
function mergeGaps(before: readonly Gap[], fresh: Namespace, gaps: readonly Gap[]): readonly Gap[] {
  const isClosed = (gap: Gap) =>
    gap.namespace === fresh.id &&
    SECTIONS.some((section) => fresh[section] !== undefined && gapExplains(gap, section));
  // A reason may name what changes, a process or a number: the newer reading of a probe takes the place of the older.
  const isNewer = (a: Gap, b: Gap) => a.probe === b.probe && a.namespace === b.namespace;
  const kept = before.filter((gap) => !isClosed(gap) && !gaps.some((newer) => isNewer(newer, gap)));
  return [...kept, ...gaps];
}

function sectionTimes(
  namespace: Namespace,
  atMs: number,
  sections = SECTIONS,
): Partial<Record<Section, number>> {
  const read = sections.filter((section) => namespace[section] !== undefined);
  return Object.fromEntries(read.map((section) => [section, atMs]));
}

/** Chooses an entry when there is none yet, and the nearest one when the chosen one is gone. */
function settleChoice(state: State): State {
  if (state.snapshot === undefined) return state;
  const entries = listTargets(state.snapshot);
  if (entries.some((entry) => entry.key === state.target)) return state;
  const first = entries.find((entry) => entry.container !== undefined && entry.mark === '●') ?? entries[0];
  const settled: State = { ...state, target: first?.key ?? '', rows: {}, history: [] };
  return state.target === '' ? settled : notify(settled, 'info', 'what you looked at is gone');
}

function inCapture(state: State, id: number, change: (capture: Capture) => Capture): State {
  return state.capture?.id === id ? { ...state, capture: change(state.capture) } : state;
}

function finishDiagnosis(state: State, id: number, result: NonNullable<State['diagnosis']>['result']): State {
  return state.diagnosis?.id === id ? { ...state, diagnosis: { ...state.diagnosis, result } } : state;
}
