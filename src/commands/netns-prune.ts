/** `netpeek netns prune`: takes away attached names whose container or process is gone. */
import { prune } from '../live/prune.ts';
import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';

const SAID = {
  empty: 'nothing runs in its namespace any more',
  unmounted: 'no namespace was mounted there',
} as const;

export const netnsPrune: Command = {
  name: 'netns prune',
  summary: 'takes away names that netpeek attached and whose container or process is gone, and no others',
  run: async (context) => {
    const pruned = prune(await context.openSystem());
    if (context.globals.json) {
      const names = pruned.map(({ note, why }) => ({ name: note.name, id: note.inode, why }));
      context.out.line(JSON.stringify({ pruned: names }));
      return EXIT.ok;
    }
    for (const { note, why } of pruned) context.out.line(`pruned ${note.name}: ${SAID[why]}`);
    if (pruned.length === 0) context.out.line('nothing to prune');
    return EXIT.ok;
  },
};
