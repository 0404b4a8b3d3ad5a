/** Connects the drawing thread to the session behind it: messages in, requests out, and the state in between. */
import { cleanMessage } from './clean-message.ts';
import type { Event } from './events.ts';
import type { Message, Request } from './messages.ts';
import { reduce } from './reduce.ts';
import { INITIAL_STATE, type State } from './state.ts';

/** One end of a MessagePort, or anything that behaves like it. */
export type SessionPort = {
  readonly post: (request: Request) => void;
  readonly onMessage: (listener: (message: Message) => void) => void;
};

export type Session = {
  readonly getState: () => State;
  /** Calls back after every change, until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly dispatch: (event: Event) => void;
  /** Stops the clock; the port is the caller's. */
  readonly stop: () => void;
};

export type Clock = {
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Calls back every second, so that ages grow, until the returned function is called. */
  readonly everySecond: (callback: () => void) => () => void;
};

/** Capture lines are gathered for this long: a busy link must not redraw the screen for every packet. */
const GATHER_MS = 50;

export function createSession(port: SessionPort, clock: Clock = REAL_CLOCK): Session {
  const listeners = new Set<() => void>();
  let state: State = { ...INITIAL_STATE, nowMs: clock.nowMs() };

  const dispatch = (event: Event) => {
    const before = state;
    state = reduce(state, event);
    for (const request of state.outbox) port.post(request);
    if (state !== before) for (const listener of listeners) listener();
  };
  const receive = (message: Message) =>
    dispatch({ kind: 'message', message: cleanMessage(message), atMs: clock.nowMs() });
  const gathered = gatherLines(receive);
  port.onMessage(gathered.receive);
  const stopClock = clock.everySecond(() => dispatch({ kind: 'tick', nowMs: clock.nowMs() }));

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    stop: () => {
      stopClock();
      gathered.flush();
    },
  };
}

/** Passes everything on at once but capture lines, which wait for more of their kind; the order is kept. */
function gatherLines(pass: (message: Message) => void) {
  let waiting: Extract<Message, { kind: 'capture-lines' }> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    const message = waiting;
    waiting = undefined;
    if (message !== undefined) pass(message);
  };
  const receive = (message: Message) => {
    if (message.kind !== 'capture-lines' || (waiting !== undefined && waiting.id !== message.id)) flush();
    if (message.kind !== 'capture-lines') return pass(message);
    if (waiting === undefined) {
      waiting = message;
      timer = setTimeout(flush, GATHER_MS);
    } else {
      waiting = { ...waiting, lines: [...waiting.lines, ...message.lines] };
    }
  };
  return { receive, flush };
}

const REAL_CLOCK: Clock = {
  nowMs: () => performance.now(),
  everySecond: (callback) => {
    const timer = setInterval(callback, 1000);
    return () => clearInterval(timer);
  },
};
