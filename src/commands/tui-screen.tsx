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
import type { CommandContext } from './command.ts';

/** xterm's private modes: alternate screen (1049); at the end also the cursor (25), mouse (1000, 1006), attributes. */
const ENTER = '\x1b[?1049h\x1b[H\x1b[2J';
const LEAVE = '\x1b[?1006l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1049l';
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
  if (engine.explicit) await takeInventory(system, { engine, processes: false });
  const workerData: SessionOptions = { engine, attachAll };
  const worker = new Worker(context.sessionUrl, { workerData, stdout: true, stderr: true });
  const failure = new Promise<never>((_, reject) => worker.once('error', reject));
  const session = createSession({
    post: (request) => worker.postMessage(request),
    onMessage: (listener) => worker.on('message', (message: Message) => listener(message)),
  });
  const restore = restorer();
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
    restore();
    await endWorker(worker);
    // The session did this itself, unless it broke.
    detachOwned(system.files, ownerName(system.files, system.host.pid));
  }
  return EXIT.ok;
}

/** Puts the terminal back once: when called, or when the process ends without calling. */
function restorer(): () => void {
  let done = false;
  const restore = () => {
    if (done) return;
    done = true;
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdout.write(LEAVE);
  };
  process.once('exit', restore);
  return restore;
}

async function endWorker(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const timer = setTimeout(() => void worker.terminate(), WORKER_END_MS);
  await ended;
  clearTimeout(timer);
}
