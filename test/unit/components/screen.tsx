/** Runs the App on streams in memory: what it draws can be read, keys pressed, the terminal resized. */
import { EventEmitter } from 'node:events';
import { render } from 'ink';
import { App } from '../../../components/App.tsx';
import type { Message, Request } from '../../../src/store/messages.ts';
import { createSession } from '../../../src/store/session.ts';

class FakeStdout extends EventEmitter {
  columns: number;
  rows: number;
  isTTY = true;
  /** Every frame, whole: Ink's debug mode writes them so. */
  readonly writes: string[] = [];

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string, callback?: () => void): boolean {
    this.writes.push(text);
    callback?.();
    return true;
  }
}

class FakeStdin extends EventEmitter {
  isTTY = true;
  private readonly waiting: string[] = [];

  press(keys: string): void {
    this.waiting.push(keys);
    this.emit('readable');
  }

  read(): string | null {
    const chunk = this.waiting.shift() ?? null;
    if (chunk !== null) this.emit('data', chunk);
    return chunk;
  }

  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
}

export const KEY = {
  enter: '\r',
  esc: '\x1b',
  down: '\x1b[B',
  tab: '\t',
  backspace: '\x7f',
  ctrlC: '\x03',
} as const;

/** An App with a session that records what it is asked; `send` speaks for the session. */
export function openScreen(columns = 80, rows = 24) {
  const stdout = new FakeStdout(columns, rows);
  const stdin = new FakeStdin();
  const requests: Request[] = [];
  let nowMs = 0;
  let second = () => {};
  let listener: (message: Message) => void = () => {};
  const session = createSession(
    {
      post: (request) => requests.push(request),
      onMessage: (each) => {
        listener = each;
      },
    },
    {
      nowMs: () => nowMs,
      everySecond: (callback) => {
        second = callback;
        return () => {};
      },
    },
  );
  const app = render(<App session={session} color={false} />, {
    // The streams do what Ink uses of them; Node's own types ask for everything else too.
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
  });
  const frame = () => stdout.writes.findLast((text) => text.includes('\n')) ?? '';
  const untilFrame = async (isRight: (frame: string) => boolean) => {
    const end = performance.now() + LONGEST_WAIT_MS;
    while (!isRight(frame())) {
      if (performance.now() > end) throw new Error(`the frame never came:\n${frame()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return frame();
  };
  return {
    stdout,
    session,
    requests,
    frame,
    untilFrame,
    /** Waits until the frame shows the text. */
    shows: (text: string) => untilFrame((each) => each.includes(text)),
    hides: (text: string) => untilFrame((each) => !each.includes(text)),
    send: (message: Message) => listener(message),
    press: (keys: string) => stdin.press(keys),
    resize: (width: number, height: number) => {
      stdout.columns = width;
      stdout.rows = height;
      stdout.emit('resize');
    },
    /** Lets time pass at once, with one tick of the clock at its end. */
    pass: (ms: number) => {
      nowMs += ms;
      second();
    },
    ended: () => app.waitUntilExit(),
    close: () => {
      app.unmount();
      session.stop();
    },
  };
}

/** A frame that takes longer than this on a busy machine is a bug, not slowness. */
const LONGEST_WAIT_MS = 4000;
