/** The composition root: from argv to a command to an exit code. */
import { Command as Commander, CommanderError } from 'commander';
import type { Arguments, Command, CommandContext, Globals, Output } from './commands/command.ts';
import { commands } from './commands/index.ts';
import { EXIT, type ExitCode, UserError } from './model/user-error.ts';
import { version } from './version.ts';

type Invocation = { readonly command: Command; readonly args: Arguments; readonly globals: Globals };

process.stdout.on('error', leaveQuietly);
process.exitCode = await main(process.argv.slice(2));
process.exit();

async function main(argv: readonly string[]): Promise<ExitCode> {
  const cut = argv.indexOf('--');
  const own = cut < 0 ? argv : argv.slice(0, cut);
  const passthrough = cut < 0 ? [] : argv.slice(cut + 1);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => ending.abort(signal));
  try {
    const invocation = parse(own);
    if (typeof invocation === 'number') return invocation;
    const { command, args, globals } = invocation;
    return await command.run(contextFor(globals, passthrough, ending.signal), args);
  } catch (error) {
    return report(error);
  }
}

/** The chosen command with its arguments, or an exit code where help, the version or a complaint was printed. */
function parse(argv: readonly string[]): Invocation | ExitCode {
  let chosen: Invocation | undefined;
  const program = newProgram();
  const groups = new Map<string, Commander>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const parent = second === undefined ? program : (groups.get(first) ?? newGroup(program, groups, first));
    const below = parent.command(second ?? first, {
      hidden: command.hidden ?? false,
      isDefault: command.name === 'tui',
    });
    below.description(command.summary);
    if (command.arguments) below.arguments(command.arguments);
    for (const option of command.options ?? []) below.option(option.flags, option.description);
    if (command.help) below.addHelpText('after', `\n${command.help}`);
    below.action(() => {
      chosen = {
        command,
        globals: globalsOf(program),
        args: { positional: below.args, options: below.opts() },
      };
    });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return chosen ?? EXIT.usage;
}

function newProgram(): Commander {
  return new Commander('netpeek')
    .description(
      "Shows this host's container networking as the kernel has it, and says why a packet does not arrive.",
    )
    .version(version, '-V, --version')
    .option('--json', 'print JSON, one document (NDJSON for streams)')
    .option('--no-color', 'no colours (as NO_COLOR does)')
    .option('--docker-host <url>', 'the engine to ask, such as unix:///run/podman/podman.sock')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'netpeek: ')) })
    .showSuggestionAfterError()
    .enablePositionalOptions(false);
}

function newGroup(program: Commander, groups: Map<string, Commander>, name: string): Commander {
  const group = program.command(name).description(GROUP_SUMMARIES[name] ?? '');
  groups.set(name, group);
  return group;
}

const GROUP_SUMMARIES: Readonly<Record<string, string>> = {
  netns: 'names under /var/run/netns for namespaces, so that ip netns exec works',
  lab: 'practice networks in private namespaces',
};

function globalsOf(program: Commander): Globals {
  const { json, color, dockerHost } = program.opts<{ json?: boolean; color: boolean; dockerHost?: string }>();
  return { json: json ?? false, color: color && !process.env.NO_COLOR, dockerHost };
}

function contextFor(globals: Globals, passthrough: readonly string[], signal: AbortSignal): CommandContext {
  const out: Output = {
    line: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    isTerminal: process.stdout.isTTY ?? false,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
  return {
    globals,
    out,
    passthrough,
    signal,
    openSystem: async () => (await import('./system/real.ts')).realSystem(),
  };
}

function report(error: unknown): ExitCode {
  if (!(error instanceof UserError)) throw error;
  const advice = error.advice === undefined ? '' : `: ${error.advice}`;
  process.stderr.write(`netpeek: ${error.message}${advice}\n`);
  return error.exitCode;
}

/** `netpeek ls | head -1`: the reader has what it wanted. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
}
