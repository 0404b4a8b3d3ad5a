/** What the words of an unfinished command line ask for. Pure. */
import type { Command, Grammar, Option } from '../command.ts';

/** `choices` are offered as they are; the other kinds are looked up. */
export type Wanted =
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'targets' | 'sections' | 'scenarios' | 'attached' | 'files' };

export type Choice = { readonly value: string; readonly description?: string };

const NOTHING: Wanted = { kind: 'files' };

/** `words` are those after the program's name; the last is the one being written, perhaps empty. */
export function findWanted({ commands, groups, globals }: Grammar, words: readonly string[]): Wanted {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return NOTHING;
  const visible = commands.filter(({ hidden }) => !hidden);
  const { command, name, positional } = readCommand(visible, globals, before);
  const options = [...(command?.options ?? []), ...globals];
  const pending = optionThatTakes(options, before.at(-1));
  if (pending) return pending.values ? offer(pending.values.map((value) => ({ value }))) : NOTHING;
  const [, flag, equals = ''] = /^(--[^=]+)(=)/.exec(current) ?? [];
  if (flag !== undefined) {
    const { values } = optionThatTakes(options, flag) ?? {};
    return values ? offer(values.map((value) => ({ value: flag + equals + value }))) : NOTHING;
  }
  if (current.startsWith('-')) return offer(options.flatMap(choicesOf));
  if (command) return positionalOf(command, positional);
  return offer(commandChoices(visible, groups, name));
}

type Read = { readonly command?: Command; readonly name: string; readonly positional: number };

/** The command that the words name so far, or the group it will be in, and how many arguments it has. */
function readCommand(
  commands: readonly Command[],
  globals: readonly Option[],
  before: readonly string[],
): Read {
  let read: Read = { name: '', positional: 0 };
  before.forEach((word, index) => {
    const options = [...(read.command?.options ?? []), ...globals];
    if (word.startsWith('-') || optionThatTakes(options, before[index - 1])) return;
    if (read.command) read = { ...read, positional: read.positional + 1 };
    else {
      const name = `${read.name} ${word}`.trim();
      const command = commands.find((one) => one.name === name);
      read = { name, positional: 0, ...(command ? { command } : {}) };
    }
  });
  return read;
}

function optionThatTakes(options: readonly Option[], word: string | undefined): Option | undefined {
  if (!word?.startsWith('-')) return undefined;
  return options.find(({ flags }) => flags.includes('<') && flagsOf(flags).includes(word));
}

/** `-o, --output <file>` → `-o`, `--output`. */
function flagsOf(flags: string): readonly string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

function choicesOf({ flags, description }: Option): readonly Choice[] {
  return flagsOf(flags)
    .filter((flag) => flag.startsWith('--'))
    .map((value) => ({ value, description }));
}

function commandChoices(
  commands: readonly Command[],
  groups: Grammar['groups'],
  group: string,
): readonly Choice[] {
  const choices = new Map<string, string>();
  for (const { name, summary } of commands) {
    if (group !== '' && !name.startsWith(`${group} `)) continue;
    const [word = '', ...rest] = (group === '' ? name : name.slice(group.length + 1)).split(' ');
    choices.set(word, rest.length > 0 ? (groups[word] ?? '') : summary);
  }
  return [...choices].map(([value, description]) => ({ value, description }));
}

/** What an argument is, by how the command names it. */
function positionalOf(command: Command, index: number): Wanted {
  const names = (command.arguments ?? '').split(' ').filter(Boolean);
  const last = names.at(-1) ?? '';
  const argument = names[index] ?? (last.includes('...') ? last : '');
  if (/section/.test(argument)) return { kind: 'sections' };
  if (command.name === 'netns detach') return { kind: 'attached' };
  if (command.name.startsWith('lab ') && /name/.test(argument)) return { kind: 'scenarios' };
  if (/target|from|to\b|query/.test(argument)) return { kind: 'targets' };
  if (/shell/.test(argument)) return offer(['bash', 'zsh', 'fish'].map((value) => ({ value })));
  return NOTHING;
}

function offer(choices: readonly Choice[]): Wanted {
  return { kind: 'choices', choices };
}
