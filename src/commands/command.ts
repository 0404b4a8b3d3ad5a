import type { Snapshot } from '../model/snapshot.ts';
import type { ExitCode } from '../model/user-error.ts';
import type { System } from '../system/system.ts';

/** What the user set before any command. */
export type Globals = {
  readonly json: boolean;
  readonly color: boolean;
  readonly dockerHost: string | undefined;
  /** A file to note everything in that is read. */
  readonly record: string | undefined;
  /** A recording to read instead of the machine. */
  readonly replay: string | undefined;
  /** A snapshot file to answer from instead of the machine. */
  readonly snapshot: string | undefined;
};

/** Where a command writes, and what kind of place that is. */
export type Output = {
  /** One line to stdout. */
  readonly line: (text: string) => void;
  /** One line to stderr. */
  readonly note: (text: string) => void;
  readonly isTerminal: boolean;
  /** Cells; undefined where stdout is no terminal, and nothing is cut. */
  readonly columns: number | undefined;
};

export type CommandContext = {
  readonly globals: Globals;
  readonly out: Output;
  /** The machine; loads the native part on first use. A machine with nothing on it where a snapshot file answers. */
  readonly openSystem: () => Promise<System>;
  /** What `--snapshot` names, read once; undefined where the machine itself is looked at. */
  readonly saved: () => Promise<Snapshot | undefined>;
  readonly grammar: Grammar;
  /** The command line that starts this netpeek again. */
  readonly self: readonly [string, ...string[]];
  /** The session's worker script. */
  readonly sessionUrl: URL;
  /** What stood after `--`. */
  readonly passthrough: readonly string[];
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
};

export type Option = {
  /** As commander writes them: `-c, --count <n>`. */
  readonly flags: string;
  readonly description: string;
  /** What its value may be, where that is a few words. */
  readonly values?: readonly string[];
};

/** One command. Importing it must stay cheap: what it needs is imported inside `run`. */
export type Command = {
  /** `ls`, or `netns attach` for one below another. */
  readonly name: string;
  /** Positional arguments as commander writes them: `[targets...]`. */
  readonly arguments?: string;
  readonly summary: string;
  readonly options?: readonly Option[];
  /** Lines of example and detail below the options. */
  readonly help?: string;
  /** Left out of the help. */
  readonly hidden?: boolean;
  /** Answers from a snapshot file as well (`--snapshot`); the others need the machine itself. */
  readonly fromFile?: boolean;
  readonly run: (context: CommandContext, args: Arguments) => Promise<ExitCode>;
};

/** Positional arguments in order, variadic ones flattened, and options by their long name. */
export type Arguments = {
  readonly positional: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
};

/** Everything a command line may be made of. */
export type Grammar = {
  readonly commands: readonly Command[];
  /** The words that several commands begin with, and what they are about. */
  readonly groups: Readonly<Record<string, string>>;
  readonly globals: readonly Option[];
};
