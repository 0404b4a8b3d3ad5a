/**
 * Programs of the host, started through execa: argv arrays, the C locale, a timeout, an output cap. A program with a
 * `namespace` is started inside the bracket and so begins there, without `nsenter`; its files stay the host's.
 */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Options, ResultPromise } from 'execa';
import { ownerTag, sweep } from './orphans.ts';
import { type Command, type Ended, type Processes, type Running, SystemError } from './system.ts';

/** Milliseconds a tool may take when the caller names no limit; iptables-save of 20,000 rules takes under one second. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** Characters of output kept from one run: an iptables-save of 500,000 rules. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Starts programs of this machine. */
export function realProcesses(): Processes {
  return { run, start, hand, sweep };
}

async function run(command: Command) {
  const { child } = await spawn(command, {
    timeout: command.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBuffer: OUTPUT_LIMIT,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  if (child.pid !== undefined) command.onStart?.();
  const result = await child;
  if (result.timedOut) throw new SystemError('ETIMEDOUT', command.argv.join(' '));
  if (result.isMaxBuffer) throw new SystemError('E2BIG', command.argv.join(' '), 'too much output');
  if (result.exitCode === undefined)
    throw failure(command, result.code, result.originalMessage ?? result.signal);
  return { stdout: String(result.stdout), stderr: String(result.stderr), exitCode: result.exitCode };
}

async function start(command: Command): Promise<Running> {
  const { child } = await spawn(command, { stdin: 'ignore', buffer: false, encoding: 'buffer' });
  if (child.pid === undefined) throw failure(command, (await child).code);
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('a started program has no output streams');
  return {
    pid: child.pid,
    stdout,
    stderr,
    ended: child.then(endOf),
    signal: (signal) => void child.kill(signal),
  };
}

async function hand(command: Command): Promise<Ended> {
  const { signal, ...unsignalled } = command;
  const { child } = await spawn(unsignalled, { stdio: 'inherit' }, {});
  const end = () => endFamily(child);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted) end();
  const result = await child;
  signal?.removeEventListener('abort', end);
  if (result.exitCode === undefined && !result.signal) throw failure(command, result.code);
  return endOf(result);
}

function endFamily(child: ResultPromise): void {
  const children = child.pid === undefined ? [] : childrenOf(child.pid);
  if (children.length === 0) child.kill('SIGTERM');
  for (const pid of children) process.kill(pid, 'SIGTERM');
}

/** proc_pid_task(5): the children file of the main thread. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

async function spawn(
  command: Command,
  options: Options,
  env: Record<string, string> = { LC_ALL: 'C', ...ownerTag() },
): Promise<{ child: ResultPromise }> {
  // Loaded before the bracket: an import inside it would read files asynchronously.
  const { execa } = await import('execa');
  const [file, ...args] = command.argv;
  const cancel = command.signal ? { cancelSignal: command.signal } : {};
  const begin = () => execa(file, args, { reject: false, env, ...cancel, ...options }) as ResultPromise;
  // In an object, because awaiting a child means awaiting its end.
  return { child: command.namespace ? command.namespace.inside(begin) : begin() };
}

function endOf(result: { exitCode?: number | undefined; signal?: string | undefined }): Ended {
  const signal = constants.signals[result.signal as NodeJS.Signals] ?? 0;
  return { exitCode: result.exitCode ?? 128 + signal };
}

function failure(command: Command, code: string | undefined, detail?: string): SystemError {
  return new SystemError(code ?? 'EIO', `run ${command.argv[0]}`, detail);
}
