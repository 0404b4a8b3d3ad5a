/**
 * A lab: a small machine of its own inside this one, made of fresh pid, network, mount, cgroup and UTS namespaces
 * (namespaces(7)). Nothing done in it reaches the machine, programs in it see none of the machine's processes, and
 * the kernel ends it whole: with `dispose()`, or by itself when the process that made it dies, even by `kill -9`,
 * because that closes the pipe which process 1 of the lab reads.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Finished, type RunOptions, runInside, type Started, startInside } from './lab-process.ts';
import { checkout, node, program } from './paths.ts';
import { waitFor } from './wait-for.ts';

/** One machine of the lab: the lab itself, or a further one beside it (`lab.host`). */
export type Host = {
  readonly name: string;
  /** The command line that runs `argv` in there, for those who start it themselves (a terminal, a benchmark). */
  readonly commandFor: (argv: readonly string[]) => string[];
  /** Runs a program of the machine in there to its end, whatever its exit code. */
  readonly run: (argv: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** The same for an argv or a shell script of several lines; throws, with what it said, unless all succeeds. */
  readonly ok: (command: readonly string[] | string, options?: RunOptions) => Promise<string>;
  /** Starts a program and lets it run; it ends with the lab at the latest. */
  readonly spawn: (argv: readonly string[], options?: RunOptions) => Promise<Started>;
  /** Runs the built netpeek. */
  readonly netpeek: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Runs the built netpeek with `--json`, and reads what it prints, whatever its exit code. */
  readonly netpeekJson: <T = unknown>(args: readonly string[], options?: RunOptions) => Promise<T>;
};

export type Lab = Host & {
  /** The lab's process 1, as the machine counts. */
  readonly pid: number;
  /** A directory on a real file system, the same path inside and outside, gone with the lab. */
  readonly directory: string;
  /** Adds a machine beside the lab, with an empty network (a named namespace with `lo` up): an internet, a LAN client. */
  readonly host: (name: string) => Promise<Host>;
  /** Ends everything in the lab, and returns when nothing of it is left. */
  readonly dispose: () => Promise<void>;
};

/** Milliseconds until a lab is up; it takes about 40. */
const START_LIMIT_MS = 20_000;
/** Milliseconds until a lab is gone: the kernel must end every process in it, an engine's containers among them. */
const END_LIMIT_MS = 30_000;

/** Makes an empty lab. Needs root. */
export async function createLab(): Promise<Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'netpeek-lab-'));
  const script = `${checkout}/test/helpers/lab-outside.sh`;
  const argv = ['--mount', '--propagation', 'private', 'bash', script, basename(directory), directory];
  // Detached: a Ctrl-C in the runner's terminal must leave the outer half alive to clean up.
  const holder = spawn('unshare', argv, { detached: true, stdio: 'pipe' });
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  const pid = await readyPid(holder);
  const main = hostOf('lab', (command) => [...enter(pid), ...command]);
  return {
    ...main,
    pid,
    directory,
    host: async (name) => {
      await main.ok(`ip netns add ${name}; ip -n ${name} link set lo up`);
      return hostOf(name, (command) => main.commandFor(['ip', 'netns', 'exec', name, ...command]));
    },
    dispose: async () => {
      holder.stdin?.end();
      const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), END_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** nsenter(1) into all of the lab's namespaces. */
function enter(pid: number): string[] {
  return ['nsenter', '--target', `${pid}`, '--mount', '--uts', '--net', '--pid', '--cgroup'];
}

function hostOf(name: string, commandFor: (argv: readonly string[]) => string[]): Host {
  const run: Host['run'] = (argv, options) => runInside(commandFor(argv), options);
  const netpeek: Host['netpeek'] = (args, options) => run([node, program, ...args], options);
  return {
    name,
    commandFor,
    run,
    ok: async (command, options) => {
      const argv = typeof command === 'string' ? ['sh', '-euxc', command] : command;
      const { exitCode, stdout, stderr } = await run(argv, options);
      if (exitCode !== 0) throw new Error(`exit code ${exitCode} in ${name}: ${argv.join(' ')}\n${stderr}`);
      return stdout;
    },
    spawn: (argv, options) => startInside(commandFor(argv), options),
    netpeek,
    netpeekJson: async <T>(args: readonly string[], options?: RunOptions) => {
      const { stdout, stderr, exitCode } = await netpeek([...args, '--json'], options);
      try {
        return JSON.parse(stdout) as T;
      } catch {
        throw new Error(
          `netpeek ${args.join(' ')} gave no JSON (exit code ${exitCode}):\n${stdout}${stderr}`,
        );
      }
    },
  };
}

/** Waits until the inner half says `ready`, and finds it: the child of the child that unshare(1) forked. */
async function readyPid(holder: ChildProcess): Promise<number> {
  let said = '';
  let complaints = '';
  holder.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  holder.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const state = () => (holder.exitCode !== null ? 'failed' : said.includes('ready') && 'ready');
  const found = await waitFor(() => `a lab to be ready\n${complaints}`, state, START_LIMIT_MS);
  if (found === 'failed') throw new Error(`no lab could be made (root is needed):\n${complaints}`);
  return childOf(childOf(holder.pid ?? -1));
}

function childOf(pid: number): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
}
