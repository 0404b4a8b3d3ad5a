/**
 * A real terminal for tests: a tmux server of its own (tmux(1), started with -D so that it dies with the test
 * runner) runs one program on a pty of a known size; tests press keys and read the screen.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Host } from './lab.ts';
import { labEnvironment } from './lab-process.ts';
import { waitFor } from './wait-for.ts';

export type TerminalOptions = {
  readonly argv: readonly string[];
  /** The machine it runs on: a lab or a host in one. Absent: this machine. */
  readonly host?: Host;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
};

export type Terminal = {
  /** The visible screen, line by line, blanks at the ends of lines cut. */
  readonly screen: () => Promise<string>;
  /** The same with colours and attributes as escape sequences. */
  readonly screenWithEscapes: () => Promise<string>;
  /** Presses keys by tmux's names (`j`, `Enter`, `Escape`, `C-c`, `Down`, `PPage`), in this order. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** Sends text, or raw bytes such as a mouse report, just as it is. */
  readonly type: (text: string) => Promise<void>;
  /** Waits until the screen holds the text or matches, and returns that screen. */
  readonly waitFor: (expected: string | RegExp, limitMs?: number) => Promise<string>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** One of tmux's format variables, such as `alternate_on`, `cursor_flag` or `mouse_any_flag` (tmux(1), FORMATS). */
  readonly state: (variable: string) => Promise<string>;
  /** Waits for the program's end and gives its exit code; the screen stays readable. */
  readonly waitForExit: (limitMs?: number) => Promise<number>;
  /** The program's pid, as the machine counts. */
  readonly pid: () => Promise<number>;
  /** Ends the program (SIGHUP, as a closed window does) and the terminal. */
  readonly dispose: () => Promise<void>;
};

const runFile = promisify(execFile);
let opened = 0;

/** Opens a terminal, 80×24 unless told otherwise, and starts the program in it. */
export async function openTerminal(options: TerminalOptions): Promise<Terminal> {
  const { columns = 80, rows = 24, host } = options;
  opened += 1;
  const name = `netpeek-test-${process.pid}-${opened}`;
  const environment = { ...labEnvironment(), TERM: 'xterm-256color', ...options.env };
  const server = spawn('setpriv', ['--pdeathsig', 'TERM', 'tmux', '-D', '-L', name, '-f', '/dev/null'], {
    env: environment,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const tmux = async (...args: readonly string[]) =>
    (await runFile('tmux', ['-N', '-u', '-L', name, ...args], { env: environment })).stdout;
  await waitFor('the terminal to start', () =>
    tmux('start-server').then(
      () => true,
      () => false,
    ),
  );
  for (const setting of settings) await tmux('set-option', '-g', ...setting);

  // tmux gives programs its own TERM, and nsenter passes the environment on.
  const variables = Object.entries({ COLORTERM: 'truecolor', ...options.env });
  const given = variables.flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const argv = host ? host.commandFor(options.argv) : options.argv;
  await tmux(
    'new-session',
    '-d',
    '-x',
    `${columns}`,
    '-y',
    `${rows}`,
    ...given,
    '--',
    'sh',
    '-c',
    keeper,
    'sh',
    ...argv,
  );
  await tmux('wait-for', '-S', 'ready');

  const screen = async () => (await tmux('capture-pane', '-p')).replace(/[ \t]+$/gm, '');
  const state = async (variable: string) => (await tmux('display-message', '-p', `#{${variable}}`)).trimEnd();
  return {
    screen,
    screenWithEscapes: () => tmux('capture-pane', '-p', '-e'),
    press: async (...keys) => void (await tmux('send-keys', '--', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', '--', text)),
    waitFor: async (expected, limitMs) => {
      let last = '';
      const look = async () => {
        last = await screen();
        return (typeof expected === 'string' ? last.includes(expected) : expected.test(last)) && { last };
      };
      return (await waitFor(() => `${expected} on the screen:\n${last}`, look, limitMs)).last;
    },
    resize: async (width, height) => void (await tmux('resize-window', '-x', `${width}`, '-y', `${height}`)),
    state,
    waitForExit: async (limitMs) => {
      // In an object, because 0 would mean 'not yet'.
      const look = async () => {
        const code = await state('@exit-code');
        return code !== '' && { code };
      };
      return Number((await waitFor('the program to end', look, limitMs)).code);
    },
    pid: async () => {
      const started = await childOf(Number(await state('pane_pid')));
      // In a lab that is nsenter, and the program its child.
      return host ? childOf(started) : started;
    },
    dispose: async () => {
      // tmux leaves its socket behind.
      const socket = await state('socket_path');
      server.kill('SIGTERM');
      await ended;
      rmSync(socket, { force: true });
    },
  };
}

/**
 * The shell around the program. It starts it when the pane is set up, and notes its exit code: tmux itself may lose
 * both the output and the exit code of a program that ends at once. Then it stays, so that the screen does.
 */
const keeper = `
trap : INT QUIT
tmux wait-for ready
"$@"
tmux set-option -g @exit-code $?
exec sleep infinity`;

const settings = [
  // The whole screen belongs to the program.
  ['status', 'off'],
  ['default-terminal', 'tmux-256color'],
  ['set-clipboard', 'on'],
  // An Escape is an Escape at once, not after half a second of waiting for more.
  ['escape-time', '0'],
] as const;

function childOf(pid: number): Promise<number> {
  const look = () => Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
  return waitFor('the program in the terminal', look);
}
