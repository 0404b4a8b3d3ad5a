/**
 * Programs started inside a lab. `nsenter --pid` forks, so the program is nsenter's child: signals must go to that
 * child, and its pid is looked up in /proc (proc_pid_task(5), `children`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitFor } from './wait-for.ts';

export type RunOptions = {
  /** Added to the lab's own small environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is empty otherwise. */
  readonly input?: string;
  readonly timeoutMs?: number;
};

export type Finished = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

export type Started = {
  /** The program's pid, as the machine counts (inside the lab it has another). */
  readonly pid: number;
  /** What it has written so far, standard output and error apart. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until its output, of both kinds, matches. */
  readonly waitForOutput: (pattern: RegExp, limitMs?: number) => Promise<void>;
  readonly ended: Promise<Finished>;
  /** Signals the program and waits for its end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Finished>;
};

/** Milliseconds a program of a test may take; the slowest wait for answers that never come. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** Starts `argv`, which begins with nsenter, and lets it run. */
export async function startInside(argv: readonly string[], options: RunOptions = {}): Promise<Started> {
  const { child, stdout, stderr, ended } = launch(argv, options);
  // Whoever awaits `ended` later gets the failure; nobody may, and that is no unhandled rejection.
  ended.catch(() => undefined);
  const pid = await waitFor(`a process of: ${argv.join(' ')}`, () => programOf(child) ?? gone(child));
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!gone(child)) signalTo(pid, signal);
    return ended;
  };
  const all = () => stdout() + stderr();
  const waitForOutput = async (pattern: RegExp, limitMs?: number) => {
    const what = () => `${pattern} from: ${argv.join(' ')}\n${all()}`;
    await waitFor(what, () => pattern.test(all()), limitMs);
  };
  return { pid, stdout, stderr, waitForOutput, ended, stop };
}

/** Runs `argv` to its end. An exit code other than 0 is an answer; running out of time is not. */
export async function runInside(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const limitMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const { child, stdout, stderr, ended } = launch(argv, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    const pid = programOf(child);
    if (pid) signalTo(pid, 'SIGKILL');
    else child.kill('SIGKILL');
  }, limitMs);
  const finished = await ended.finally(() => clearTimeout(timer));
  if (late) throw new Error(`not done after ${limitMs} ms: ${argv.join(' ')}\n${stdout()}${stderr()}`);
  return finished;
}

function launch(argv: readonly string[], options: RunOptions) {
  const child = spawn(argv[0] ?? '', argv.slice(1), { env: { ...labEnvironment(), ...options.env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  // A program that does not read its input ends the pipe early, which is its right.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      // As a shell counts: 128 and more for a program that a signal ended.
      resolve({ stdout: out, stderr: err, exitCode: code ?? (signal === 'SIGKILL' ? 137 : 128) }),
    );
  });
  return { child, ended, stdout: () => out, stderr: () => err };
}

/** A small environment, the same on every machine: nothing of the test runner's may leak in. */
export function labEnvironment(): Record<string, string> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { PATH: path, HOME: '/run', LANG: 'C.UTF-8', TERM: 'dumb' };
}

function programOf(child: ChildProcess): number | undefined {
  try {
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    return Number.parseInt(children, 10) || undefined;
  } catch {
    return undefined;
  }
}

/** The pid of a child that has ended already: nobody can signal it any more. */
function gone(child: ChildProcess): number | undefined {
  return child.exitCode !== null || child.signalCode !== null ? (child.pid ?? -1) : undefined;
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
