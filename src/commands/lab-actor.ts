import { EXIT, UserError } from '../model/user-error.ts';
import type { Command } from './command.ts';

/** A process of a practice network; started by `lab run` inside it. */
export const labActor: Command = {
  name: 'lab-actor',
  arguments: '<words...>',
  summary: 'one process of a practice network',
  hidden: true,
  run: async ({ signal }, { positional: [kind, ...words] }) => {
    const { serve, visit } = await import('../lab/actor.ts');
    if (kind === 'serve') serve(Number(words[0]));
    else if (kind === 'visit') visit(words[0] ?? '', Number(words[1]), Number(words[2]));
    else throw new UserError(EXIT.usage, `there is no actor '${kind}'`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return EXIT.ok;
  },
};
