/** From argv to a command with its arguments, through commander. */
import { Command as Commander, CommanderError } from 'commander';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import { version } from '../version.ts';
import type { Arguments, Command, Globals, Option } from './command.ts';
import { commands, groupSummaries } from './index.ts';
import { nearestNames } from './nearest-names.ts';
import { tui } from './tui.ts';

export type Invocation = { readonly command: Command; readonly args: Arguments; readonly globals: Globals };

/** The chosen command with its arguments, or an exit code where help, the version or a complaint was printed. */
export function parseArgv(argv: readonly string[]): Invocation | ExitCode {
  let chosen: Invocation | undefined;
  const program = newProgram();
  const groups = new Map<string, Commander>();
  for (const command of commandsIn(argv)) {
    const [first = '', second] = command.name.split(' ');
    const parent = second === undefined ? program : (groups.get(first) ?? newGroup(program, groups, first));
    const below = parent.command(second ?? first, {
      hidden: command.hidden ?? false,
      isDefault: command === tui,
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
  const [word] = chosen?.command === tui ? chosen.args.positional : [];
  if (word !== undefined) throw unknownCommand(word);
  return chosen ?? EXIT.usage;
}

/** The words that need every command at hand: they list them. */
const LISTING: ReadonlySet<string> = new Set(['help', '-h', '--help']);

/**
 * The commands that `argv` may mean: those with a word of theirs in it, and the default. Describing all of them to
 * commander takes 4 ms, which a quick command need not wait for; without any such word, they are all described.
 */
function commandsIn(argv: readonly string[]): readonly Command[] {
  const words = new Set(argv);
  const named = commands.filter(({ name }) => words.has(name.split(' ')[0] ?? name));
  if (named.length === 0 || argv.some((word) => LISTING.has(word))) return commands;
  return commands.filter((command) => command === tui || named.includes(command));
}

/** A word that is no command would otherwise be an argument of the default one. */
function unknownCommand(word: string): UserError {
  const names = commands.filter(({ hidden }) => !hidden).map(({ name }) => name.split(' ')[0] ?? name);
  const near = nearestNames(word, names);
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : "see 'netpeek --help'";
  return new UserError(EXIT.usage, `there is no command '${word}'`, advice);
}

/** Options that stand before or after any command. */
export const globalOptions: readonly Option[] = [
  { flags: '--json', description: 'print JSON, one document (NDJSON for streams)' },
  { flags: '--no-color', description: 'no colours (as NO_COLOR does)' },
  {
    flags: '--docker-host <url>',
    description: 'the engine to ask, such as unix:///run/podman/podman.sock',
  },
  {
    flags: '--record <file>',
    description: 'note everything that is read in FILE, for a bug report or a test',
  },
  { flags: '--replay <file>', description: 'read such a recording instead of this machine' },
  {
    flags: '--snapshot <file>',
    description: "answer from a file of 'netpeek snapshot', which needs no root",
  },
];

function newProgram(): Commander {
  const program = new Commander('netpeek')
    .description(
      "Shows this host's container networking as the kernel has it, and says why a packet does not arrive.",
    )
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'netpeek: ')) })
    .showSuggestionAfterError()
    .enablePositionalOptions(false);
  for (const { flags, description } of globalOptions) program.option(flags, description);
  return program;
}

function newGroup(program: Commander, groups: Map<string, Commander>, name: string): Commander {
  const group = program.command(name).description(groupSummaries[name] ?? '');
  groups.set(name, group);
  return group;
}

function globalsOf(program: Commander): Globals {
  const { json, color, dockerHost, record, replay, snapshot } = program.opts<ProgramOptions>();
  return { json: json ?? false, color: color && !process.env.NO_COLOR, dockerHost, record, replay, snapshot };
}

type ProgramOptions = {
  readonly json?: boolean;
  readonly color: boolean;
  readonly dockerHost?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly snapshot?: string;
};
