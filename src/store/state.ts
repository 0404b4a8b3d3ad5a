/** Everything that the terminal UI knows and shows, as one immutable value. */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { MetRule } from '../model/met-rule.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CounterBaseline } from '../view/rule-rows.ts';
import type { Request, Section } from './messages.ts';
import type { PaneId } from './panes.ts';
import type { RateState } from './rates.ts';

export type Focus = 'list' | 'pane' | 'capture';

/** What the keyboard means at the moment. One at a time, so no two dialogs can be open. */
export type Mode =
  | { readonly kind: 'normal' }
  /** Typing the list's filter; `before` comes back on Esc. */
  | { readonly kind: 'filter'; readonly before: string }
  | { readonly kind: 'capture-filter'; readonly text: string }
  | { readonly kind: 'diagnose'; readonly text: string; readonly index: number }
  | { readonly kind: 'palette'; readonly text: string; readonly index: number }
  /** Overlays that are only read; `top` is the first line shown. */
  | { readonly kind: 'help' | 'gaps' | 'commands'; readonly top: number };

export type Capture = {
  readonly id: number;
  readonly namespaceId: string;
  /** As the pane's title says it: `web/eth0`. */
  readonly target: string;
  readonly filter: string;
  /** tcpdump's command line, once it runs. */
  readonly command?: string;
  /** The newest lines, bounded. */
  readonly lines: readonly string[];
  readonly packets: number;
  /** The lines as they were when the screen was paused; they go on arriving behind it. */
  readonly paused?: readonly string[];
  /** How many lines the view is scrolled back from the newest. */
  readonly back: number;
  readonly dropped?: number;
  readonly ended: boolean;
  /** Why it ended when nobody asked it to. */
  readonly why?: string;
  readonly error?: string;
};

export type DiagnosisState = {
  readonly id: number;
  readonly namespaceId: string;
  /** `web → db 172.17.0.3`. */
  readonly title: string;
  /** What the destination is called, for the answer's first line. */
  readonly to: string;
  readonly result:
    | { readonly kind: 'running' }
    | {
        readonly kind: 'done';
        readonly diagnosis: Diagnosis;
        readonly met: readonly MetRule[];
        /** Probes are on their way. */
        readonly proving: boolean;
      }
    | { readonly kind: 'failed'; readonly reason: string };
  readonly top: number;
};

export type Notice = {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly atMs: number;
};

/** A place to come back to. */
export type Place = { readonly target: string; readonly pane: PaneId; readonly row: string | undefined };

export type State = {
  /** Absent until the first one arrives. */
  readonly snapshot?: Snapshot;
  /** Ids of the namespaces that are attached under /var/run/netns. */
  readonly attached: readonly string[];
  /** When each section of a namespace was read, by namespace id, on the screen's monotonic clock. */
  readonly readAt: Readonly<Record<string, Partial<Readonly<Record<Section, number>>>>>;
  readonly nowMs: number;
  readonly filter: string;
  /** The key of the chosen entry of the list; empty before there is one. */
  readonly target: string;
  readonly pane: PaneId;
  /** The key of the chosen row, by pane. */
  readonly rows: Readonly<Partial<Record<PaneId, string>>>;
  readonly focus: Focus;
  readonly mode: Mode;
  readonly history: readonly Place[];
  readonly rates?: RateState;
  /** What the rules had counted when the user began to look at this namespace. */
  readonly ruleBaseline?: { readonly namespaceId: string; readonly counters: CounterBaseline };
  readonly capture?: Capture;
  readonly diagnosis?: DiagnosisState;
  readonly notice?: Notice;
  /** Text for the terminal's clipboard; a new id means a new copy. */
  readonly copied?: { readonly id: number; readonly text: string };
  /** Whether the mouse is ours; the terminal selects text with it when it is not. */
  readonly mouse: boolean;
  readonly nextId: number;
  /** What the last step asks of the session; emptied at the start of each step. */
  readonly outbox: readonly Request[];
  /** The session was asked to close: the screen waits for `closed`. */
  readonly closing: boolean;
  readonly closed: boolean;
};

export const INITIAL_STATE: State = {
  attached: [],
  readAt: {},
  nowMs: 0,
  filter: '',
  target: '',
  pane: 'links',
  rows: {},
  focus: 'list',
  mode: { kind: 'normal' },
  history: [],
  mouse: true,
  nextId: 1,
  outbox: [],
  closing: false,
  closed: false,
};

/** The state without an optional field: `exactOptionalPropertyTypes` allows no `undefined` in its place. */
export function without<K extends keyof State>(state: State, key: K): Omit<State, K> {
  const { [key]: _, ...rest } = state;
  return rest;
}

/** The state with one more request for the session. */
export function ask(state: State, request: Request): State {
  return { ...state, outbox: [...state.outbox, request] };
}

export function notify(state: State, level: Notice['level'], text: string): State {
  return { ...state, notice: { level, text, atMs: state.nowMs } };
}
