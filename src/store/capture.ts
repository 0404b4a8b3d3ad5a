/** The capture pane's state: starting, receiving, pausing and scrolling. The session runs the tcpdump. */
import type { ActionId } from '../keys/actions.ts';
import { appendBounded } from './bounded.ts';
import { chosenLink, chosenNamespace } from './selectors.ts';
import { ask, type Capture, notify, type State, without } from './state.ts';

/** Lines kept for scrolling back: a few screens of any terminal, and little memory. */
export const MOST_CAPTURE_LINES = 5000;

/** Starts capturing what is looked at: the chosen link when the Links pane has the focus, else every link. */
export function startCapture(state: State, filter: string): State {
  const namespace = chosenNamespace(state);
  if (namespace === undefined)
    return notify(state, 'warning', 'no running namespace is chosen: nothing to capture');
  const link = state.focus === 'pane' && state.pane === 'links' ? chosenLink(state)?.link.name : undefined;
  const stopped = stopCapture(state);
  const id = stopped.nextId;
  const capture: Capture = {
    id,
    namespaceId: namespace.id,
    target: link === undefined ? namespace.name : `${namespace.name}/${link}`,
    filter,
    lines: [],
    packets: 0,
    back: 0,
    ended: false,
  };
  return ask(
    { ...stopped, capture, nextId: id + 1 },
    { kind: 'capture', id, namespace: namespace.id, filter, ...(link === undefined ? {} : { link }) },
  );
}

/** Asks the session to stop; the lines stay on the screen. */
export function stopCapture(state: State): State {
  const { capture } = state;
  if (capture === undefined || capture.ended) return state;
  return ask({ ...state, capture: { ...capture, ended: true } }, { kind: 'stop-capture', id: capture.id });
}

/** Stops and closes the pane. */
export function closeCapture(state: State): State {
  return {
    ...without(stopCapture(state), 'capture'),
    focus: state.focus === 'capture' ? 'pane' : state.focus,
  };
}

/**
 * A line that begins with a space goes on with the packet above it. An empty one is no packet: tcpdump writes one when
 * it is interrupted, in case it was in the middle of a line.
 */
export function receiveLines(capture: Capture, received: readonly string[]): Capture {
  const lines = received.filter((line) => line !== '');
  return {
    ...capture,
    lines: appendBounded(capture.lines, lines, MOST_CAPTURE_LINES),
    packets: capture.packets + lines.filter((line) => !/^\s/.test(line)).length,
  };
}

export function togglePause(capture: Capture): Capture {
  if (capture.paused === undefined) return { ...capture, paused: capture.lines };
  const { paused: _, ...running } = capture;
  return { ...running, back: 0 };
}

/** Scrolling back pauses, since a moving text cannot be read; reaching the newest line again does not go on. */
export function scrollCapture(capture: Capture, action: ActionId, page: number): Capture {
  const lines = capture.paused ?? capture.lines;
  const steps: Partial<Record<ActionId, number>> = {
    'move-up': 1,
    'move-down': -1,
    'page-up': page,
    'page-down': -page,
    first: lines.length,
    last: -lines.length,
  };
  const back = Math.max(0, Math.min(lines.length - 1, capture.back + (steps[action] ?? 0)));
  if (back === capture.back) return capture;
  return { ...capture, back, paused: lines };
}
