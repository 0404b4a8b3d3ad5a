/** `netpeek lab ls`: the practice networks. */

import { scenarios } from '../lab/index.ts';
import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { printTable } from './print.ts';

export const labLs: Command = {
  name: 'lab ls',
  summary: 'the practice networks',
  run: async (context) => {
    if (context.globals.json)
      context.out.line(JSON.stringify({ labs: scenarios.map(({ name, title }) => ({ name, title })) }));
    else
      printTable(context, {
        columns: [
          { title: 'NAME' },
          { title: 'FAULTS', align: 'right' },
          { title: 'WHAT IT SHOWS', shrink: 20 },
        ],
        rows: scenarios.map(({ name, title, faults }) => ({
          key: name,
          cells: [name, String(faults.length), title],
        })),
        empty: 'no practice networks',
      });
    return EXIT.ok;
  },
};
