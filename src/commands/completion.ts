/** `netpeek completion`: a script for the shell; and the hidden command that such a script asks. */

import { scenarios } from '../lab/index.ts';
import { listAttached } from '../live/attach.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { liveTargets } from './completion/live-targets.ts';
import { SCRIPTS, SHELLS } from './completion/scripts.ts';
import { type Choice, findWanted, type Wanted } from './completion/words.ts';
import { shownSections } from './show.ts';

export const completion: Command = {
  name: 'completion',
  arguments: '<shell>',
  summary: 'a script for bash, zsh or fish that completes commands, options and the names of targets',
  help: 'Examples:\n  source <(netpeek completion bash)\n  netpeek completion fish | source',
  run: async ({ out }, { positional: [name = ''] }) => {
    const shell = SHELLS.find((known) => known === name);
    if (!shell)
      throw new UserError(EXIT.usage, `'${name}' is no shell known here`, `choose from ${SHELLS.join(', ')}`);
    out.line(SCRIPTS[shell]);
    return EXIT.ok;
  },
};

/** Prints `candidate TAB description` lines for the words behind `--`. Says nothing rather than complain. */
export const complete: Command = {
  name: '__complete',
  summary: 'candidates for the last of the words behind --',
  hidden: true,
  run: async (context) => {
    const words = context.passthrough;
    const wanted = findWanted(context.grammar, words);
    const current = words.at(-1) ?? '';
    for (const { value, description = '' } of await lookUp(context, wanted, current))
      if (value.startsWith(current) && isSafe(value)) context.out.line(`${value}\t${description}`);
    return EXIT.ok;
  },
};

async function lookUp(context: CommandContext, wanted: Wanted, current: string): Promise<readonly Choice[]> {
  switch (wanted.kind) {
    case 'choices':
      return wanted.choices;
    case 'files':
      return [];
    case 'sections':
      return shownSections.map(({ name }) => ({ value: name }));
    case 'scenarios':
      return scenarios.map(({ name, title }) => ({
        value: name,
        description: title,
      }));
    case 'attached': {
      return listAttached((await context.openSystem()).files).map(({ name }) => ({ value: name }));
    }
    case 'targets':
      return liveTargets(context, current);
  }
}

/** A shell would take other characters for its own; a link may be called `;reboot`. */
function isSafe(value: string): boolean {
  return /^[\w.:@/+][\w.:@/+-]*$/.test(value) || /^--?[\w-]+(=[\w.:@/+-]+)?$/.test(value);
}
