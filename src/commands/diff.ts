/** `netpeek diff`: what has changed between two snapshots, or since one. */
import { probes } from '../../probes/index.ts';
import { diffSnapshots } from '../discover/diff.ts';
import { EXIT } from '../model/user-error.ts';
import { formatDifference } from '../view/diff-lines.ts';
import type { Command, CommandContext } from './command.ts';
import { printJson, printLines } from './print.ts';
import { openSnapshot } from './saved-snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Tables that a note names before it only counts. */
const NAMED_TABLES = 5;

export const diff: Command = {
  name: 'diff',
  arguments: '<before> [after]',
  summary: "what differs between two snapshot files; absent or '-': this machine now",
  help: 'Examples:\n  netpeek snapshot -o before.json\n  netpeek diff before.json              what has changed since\n  netpeek diff before.json after.json\n\nNot told are counters, states of neighbours, and neighbours that come and go by themselves.\nExit codes: 0 no differences, 1 some.',
  run: async (context, { positional: [first = '-', second = '-'] }) => {
    const before = await read(context, first);
    const after = await read(context, second);
    const { differences, ...limits } = diffSnapshots(before, after);
    if (context.globals.json)
      printJson(context, 'diff', after, { before: before.takenAt, differences, ...limits });
    else {
      printLines(context, differences.map(formatDifference));
      noteTables(context, 'not compared, because one of the two has not read them', limits.notCompared);
      noteTables(
        context,
        'only changes are told where one of the two holds a part, not what came and went',
        limits.comparedInPart,
      );
    }
    return differences.length > 0 ? EXIT.problem : EXIT.ok;
  },
};

function noteTables({ out }: CommandContext, what: string, tables: readonly string[]): void {
  if (tables.length === 0) return;
  const more = tables.length - NAMED_TABLES;
  const named = tables.slice(0, NAMED_TABLES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  out.note(`netpeek: ${what}: ${named}`);
}

async function read(context: CommandContext, file: string) {
  if (file !== '-') return openSnapshot(file);
  const sections = probes.map(({ name }) => name);
  return takeSnapshot(context, await context.openSystem(), { sections, processes: true });
}
