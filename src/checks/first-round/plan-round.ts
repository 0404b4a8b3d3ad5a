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

/** Who would have a way to look at, and was not reached: a container's namespace, a named one, the engine's whole list. */
function unreachable({ stoppedContainers, gaps }: Snapshot): readonly LeftOut[] {
  const hidden = gaps.filter(
    ({ namespace, probe, needs = '' }) =>
      namespace === undefined &&
      (/^(netns|container) ./.test(probe) || (probe === 'docker' && needs.startsWith('run as root'))),
  );
  const known = new Set(hidden.map(({ probe }) => probe));
  return [
    ...hidden.map(({ probe, reason, needs }) => ({
      what: probe,
      reason: needs === undefined ? reason : `${reason} (${needs})`,
    })),
    ...stoppedContainers
      .filter(({ state, name }) => state === 'running' && !known.has(`container ${name}`))
      .map(({ name }) => ({ what: `container ${name}`, reason: 'its namespace was not reached' })),
  ];
}
