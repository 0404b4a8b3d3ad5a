/**
 * Opens the screen and the session behind it, and puts the terminal back whatever happens: the alternate screen, the
 * cursor and raw mode are restored by an exit handler, so that even a crash leaves a usable terminal.
 */
import { Worker } from 'node:worker_threads';
import { render } from 'ink';
import { App } from '../../components/App.tsx';
import { readEngineChoice } from '../../probes/engine-endpoint.ts';
import { takeInventory } from '../discover/inventory.ts';
import { detachOwned, ownerName } from '../live/attach.ts';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import type { SessionOptions } from '../session/session.ts';
import type { Message } from '../store/messages.ts';
import { createSession } from '../store/session.ts';
import type { System } from '../system/system.ts';
import type { CommandContext } from './command.ts';

/** xterm's private modes: alternate screen (1049); at the end also the cursor (25), mouse (1000, 1006), paste (2004), attributes. */
const ENTER = '\x1b[?1049h\x1b[H\x1b[2J';
const LEAVE = '\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1049l';
/** Milliseconds a worker may take to end after it said it was closed. */
const WORKER_END_MS = 500;

/** Runs until the user quits, a signal comes, or something breaks. */
export async function runScreen(
  context: CommandContext,
  { attachAll }: { readonly attachAll: boolean },
): Promise<ExitCode> {
  if (!process.stdin.isTTY)
    throw new UserError(EXIT.usage, 'the keyboard is not a terminal', "'netpeek ls' needs none");
  const system = await context.openSystem();
  const engine = readEngineChoice(system, context.globals.dockerHost);
  // An engine named on the command line must answer; it is asked before the screen opens, where an error can be read.
  const saved = await context.saved();
  if (engine.explicit && !saved) await takeInventory(system, { engine, processes: false });
  const workerData: SessionOptions = { engine, attachAll, ...(saved ? { saved } : {}) };
  const worker = new Worker(context.sessionUrl, { workerData, stdout: true, stderr: true });
  // Asked for at once: an end that nobody heard would be waited for in vain.
  const workerEnded = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const failure = new Promise<never>((_, reject) => worker.once('error', reject));
  const session = createSession({
    post: (request) => worker.postMessage(request),
    onMessage: (listener) => worker.on('message', (message: Message) => listener(message)),
  });
  const restore = restorer(system);
  process.stdout.write(ENTER);
  const screen = render(<App session={session} color={context.globals.color} />, {
    exitOnCtrlC: false,
    patchConsole: false,
    incrementalRendering: true,
    // Somebody sits at this terminal, whatever a CI variable in the environment makes Ink think.
    interactive: true,
  });
  const quit = () => session.dispatch({ kind: 'action', action: 'quit', key: 'signal', page: 1 });
  context.signal.addEventListener('abort', quit);
  if (context.signal.aborted) quit();
  try {
    await Promise.race([screen.waitUntilExit(), failure]);
  } finally {
    session.stop();
    screen.unmount();
    restore.terminal();
    await endWorker(worker, workerEnded);
    restore.cleanUp();
  }
  return EXIT.ok;
}

type Restore = {
  /** Once: when called, or when the process ends without calling. */
  readonly terminal: () => void;
  /** What the session ends and takes away by itself, unless it broke. */
  readonly cleanUp: () => void;
};

function restorer({ files, host, processes }: System): Restore {
  const owner = ownerName(files, host.pid);
  let done = false;
  const terminal = () => {
    if (done) return;
    done = true;
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdout.write(LEAVE);
  };
  const cleanUp = () => {
    processes.sweep('own');
    detachOwned(files, owner);
  };
  process.once('exit', terminal);
  // Before Node prints what broke, or it would be printed on the screen that goes away.
  process.once('uncaughtExceptionMonitor', () => {
    terminal();
    cleanUp();
  });
  return { terminal, cleanUp };
}

async function endWorker(worker: Worker, ended: Promise<void>): Promise<void> {
  const timer = setTimeout(() => void worker.terminate(), WORKER_END_MS);
  await ended;
  clearTimeout(timer);
}
