/**
 * The answer to a question for a MAC is a frame as well: a bridge that has the asker's MAC in the wrong place, or a port
 * that is locked, loses it although the question arrived. Rules are left out: `arp-obstacles.ts` tells of them.
 */
import type { Namespace } from '../../model/namespace.ts';
import type { Fault, Place } from './fault.ts';
import { frameIn } from './frame-in.ts';
import { frameOut } from './frame-out.ts';
import type { Asked } from './neighbour.ts';
import { hopAt, NOTHING, nameOf, type Said } from './say.ts';
import type { State, StepResult, World } from './state.ts';

/** More steps than frames take from one end of a segment to the other. */
const MOST_STEPS = 32;

/** Nothing where the answer arrives, else what loses it. What stops both ways alike is left to the frame itself. */
export function traceAnswer(world: World, { place, packet }: Asked, owner: Place): Said {
  const quiet = { ...world, snapshot: withoutRules(world.snapshot), wanted: new Set<string>() };
  const answer = { ...packet, sourceMac: owner.link.mac, destinationMac: place.link.mac };
  const start = quiet.snapshot.namespaces.find(({ id }) => id === owner.namespace.id) ?? owner.namespace;
  const faults: Fault[] = [];
  let state: State | undefined = { at: 'frame-out', namespace: start, link: owner.link, packet: answer };
  for (let steps = 0; state && steps < MOST_STEPS; steps += 1) {
    const result: StepResult | undefined = takeFrame(quiet, state);
    if (!result) break;
    faults.push(...result.faults.filter(isOneWay));
    const drop = result.hops.find(({ verdict }) => verdict === 'drop');
    if (drop && faults.length > 0) {
      const detail = `${nameOf(owner)} answers, but its answer is lost: ${drop.detail}`;
      return { hops: [hopAt(place, 'neighbour', 'drop', detail)], faults };
    }
    state = result.next;
  }
  return NOTHING;
}

function takeFrame(world: World, state: State): StepResult | undefined {
  if (state.at === 'frame-out') return frameOut(world, state);
  return state.at === 'frame-in' ? frameIn(world, state) : undefined;
}

function isOneWay(fault: Fault): boolean {
  return (
    fault.kind === 'fdb-wrong' ||
    (fault.kind === 'port-blocked' && (fault.how === 'locked' || fault.how === 'flood'))
  );
}

/** The wiring alone. Neighbours are left out: the question itself has just told every bridge where the asker is. */
function withoutRules(snapshot: World['snapshot']): World['snapshot'] {
  const namespaces = snapshot.namespaces.map(
    (namespace): Namespace => ({
      ...namespace,
      neighbours: [],
      rulesets: [],
      nftables: [],
      trafficControl: { qdiscs: [], filters: [] },
      sysctls: {},
    }),
  );
  return { ...snapshot, namespaces };
}
