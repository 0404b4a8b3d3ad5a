/** `netpeek netns detach`: takes away what `netns attach` made. */
import { detach } from '../live/attach.ts';
import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';

export const netnsDetach: Command = {
  name: 'netns detach',
  arguments: '<names...>',
  summary: 'takes away names that netpeek attached, and no others',
  run: async (context, { positional }) => {
    const system = await context.openSystem();
    for (const name of positional) {
      detach(system, name);
      context.out.line(context.globals.json ? JSON.stringify({ detached: name }) : `detached ${name}`);
    }
    return EXIT.ok;
  },
};
