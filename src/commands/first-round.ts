/** `netpeek diagnose` without FROM: a doctor's first round. Nothing is sent. */
import { type Rounded, startRound } from '../checks/first-round/first-round.ts';
import { readFirst } from '../checks/first-round/read-first.ts';
import { walkReading } from '../discover/walk-reading.ts';
import { askRoutes } from '../live/ask-routes.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import type { System } from '../system/system.ts';
import { formatFirstRound } from '../view/first-round-lines.ts';
import type { Arguments, CommandContext } from './command.ts';
import { printGaps, printJson, printLines } from './print.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Cells to wrap at where stdout is no terminal. */
const PLAIN_COLUMNS = 100;

/** Exit code 0: nothing to mend was found, nobody was left out, and every way could be judged. */
export async function runFirstRound(
  context: CommandContext,
  { proto }: Arguments['options'],
): Promise<ExitCode> {
  if (proto !== undefined)
    throw new UserError(
      EXIT.usage,
      '--proto needs FROM',
      'name who sends: netpeek diagnose FROM TO --proto udp',
    );
  const system = await context.openSystem();
  const saved = await context.saved();
  const { snapshot, walked } = saved
    ? { snapshot: saved, walked: startRound()(saved) }
    : await walkMachine(
        system,
        await takeSnapshot(context, system, { sections: ['links', 'addresses'], processes: true }),
      );
  const { round } = walked;
  if (context.globals.json) printJson(context, 'diagnose', snapshot, round);
  else {
    printLines(context, formatFirstRound(round, context.out.columns ?? PLAIN_COLUMNS));
    printGaps(context, snapshot);
  }
  const isFine =
    round.leftOut.length === 0 &&
    round.checked.every(({ result }) => result === 'fine' || result === 'by-design');
  return isFine ? EXIT.ok : EXIT.problem;
}

/** Reads everybody's tables once, then walks; what the walks want besides is read too. */
async function walkMachine(
  system: System,
  wiring: Snapshot,
): Promise<{ readonly snapshot: Snapshot; readonly walked: Rounded }> {
  const most = wiring.namespaces.length;
  const { snapshot: read } = await walkReading(system, wiring, readFirst, most);
  const asked = askRoutes(system, () => read, 'current');
  try {
    const round = startRound();
    return await walkReading(system, read, (current) => round(current, asked.ask), most);
  } finally {
    asked.close();
  }
}
