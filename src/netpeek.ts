/** From argv to a command to an exit code. */
import { fileURLToPath } from 'node:url';
import type { CommandContext, Globals, Output } from './commands/command.ts';
import { commands, groupSummaries } from './commands/index.ts';
import { globalOptions, parseArgv } from './commands/parse-argv.ts';
import { openSnapshot } from './commands/saved-snapshot.ts';
import type { Snapshot } from './model/snapshot.ts';
import { EXIT, isUserError, UserError } from './model/user-error.ts';
import { emptySystem } from './system/nothing.ts';
import { openRecording, startRecording } from './system/open-recording.ts';
import { realSystem } from './system/real.ts';
import type { System } from './system/system.ts';

/** EX_SOFTWARE of sysexits.h: none of the codes that mean something to scripts. */
const BUG = 70;

/** Runs the command that `argv` names. `programUrl` is the file that was started. Never throws. */
export async function run(argv: readonly string[], programUrl: string): Promise<number> {
  const { own, passthrough } = divideArgv(argv);
  const ending = new AbortController();
  process.stdout.on('error', (error) => leaveQuietly(error, ending));
  // Kept for good: a library that finds itself the only listener (Ink's signal-exit) would end the process at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => ending.abort(signal));
  try {
    const invocation = parseArgv(own);
    if (typeof invocation === 'number') return invocation;
    const { command, args, globals } = invocation;
    if (globals.snapshot !== undefined && !command.fromFile)
      throw new UserError(EXIT.usage, `'${command.name}' needs the machine itself`, 'leave --snapshot out');
    const code = await command.run(contextFor(globals, passthrough, ending.signal, programUrl), args);
    await flushStdout();
    return code;
  } catch (error) {
    return report(error);
  }
}

/** Commands for which `--` begins words of another program; for all others what follows are plain arguments. */
const TAKES_WORDS: ReadonlySet<string> = new Set([
  'capture',
  'exec',
  'demo',
  'run',
  'lab-inside',
  '__complete',
]);

function divideArgv(argv: readonly string[]) {
  const cut = argv.indexOf('--');
  if (cut < 0 || !argv.slice(0, cut).some((word) => TAKES_WORDS.has(word)))
    return { own: argv, passthrough: [] };
  return { own: argv.slice(0, cut), passthrough: argv.slice(cut + 1) };
}

/** Waits until everything is written, so that a full disk is an error and not a shorter answer. */
function flushStdout(): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write('', (error) => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      if (!error || code === 'EPIPE' || code === 'EIO') resolve();
      else reject(new UserError(EXIT.outside, `cannot write the answer: ${code}`));
    });
  });
}

function contextFor(
  globals: Globals,
  passthrough: readonly string[],
  signal: AbortSignal,
  programUrl: string,
): CommandContext {
  const out: Output = {
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    isTerminal: process.stdout.isTTY ?? false,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
  let saved: Promise<Snapshot> | undefined;
  return {
    globals,
    out,
    saved: async () => {
      if (globals.snapshot === undefined) return undefined;
      saved ??= openSnapshot(globals.snapshot);
      return saved;
    },
    grammar: { commands, groups: groupSummaries, globals: globalOptions },
    self: [process.execPath, fileURLToPath(programUrl)],
    sessionUrl: new URL('./session.js', programUrl),
    passthrough,
    signal,
    openSystem: () => openSystem(globals),
  };
}

/** The machine; or the machine with everything noted, what was noted before, or nothing where a file answers. */
async function openSystem({ record, replay, snapshot }: Globals): Promise<System> {
  if (snapshot !== undefined) return emptySystem();
  if (replay !== undefined) return openRecording(replay);
  const system = realSystem();
  return record === undefined ? system : startRecording(system, record);
}

function report(error: unknown): number {
  if (!isUserError(error)) {
    const stack = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`netpeek: this is a bug in netpeek, please report it:\n${stack}\n`);
    return BUG;
  }
  const advice = error.advice === undefined ? '' : `: ${error.advice}`;
  process.stderr.write(`netpeek: ${error.message}${advice}\n`);
  return error.exitCode;
}

/** `netpeek ls | head -1`: the reader has what it wanted. A terminal that was closed: as if SIGHUP had come already. */
function leaveQuietly(error: NodeJS.ErrnoException, ending: AbortController): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  // Anything else comes back when the answer is flushed.
  if (error.code === 'EIO') ending.abort('SIGHUP');
}
