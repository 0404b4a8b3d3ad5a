/** What a doctor looks at first: every way out and every published port; and who could not be looked at. */
import type { LeftOut } from '../../model/first-round.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { planOut } from './plan-out.ts';
import { planPublished } from './plan-published.ts';
import type { Plan } from './planned-way.ts';

/** The ways as far as the snapshot tells which there are. Pure. */
export function planRound(snapshot: Snapshot): Plan {
  const parts = [planOut(snapshot), planPublished(snapshot)];
  return {
    ways: parts.flatMap(({ ways }) => ways),
    leftOut: [...unreachable(snapshot), ...parts.flatMap(({ leftOut }) => leftOut)],
    wanted: [...new Set(parts.flatMap(({ wanted }) => wanted))],
  };
}

function unreachable({ stoppedContainers }: Snapshot): readonly LeftOut[] {
  return stoppedContainers
    .filter(({ state }) => state === 'running' || state === 'paused')
    .map(({ name, state }) => ({ what: name, reason: `it is ${state}, and its namespace was not reached` }));
}
