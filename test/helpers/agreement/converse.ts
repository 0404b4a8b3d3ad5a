/**
 * One conversation on trial: its first packet, the far end's answer, and what follows upon that, each told by the model
 * and by the kernel.
 */

import { findContradiction } from './compare.ts';
import { type Known, rememberConnection } from './connections.ts';
import type { WirePacket } from './frame.ts';
import { type KernelStory, tellKernelStory } from './kernel-story.ts';
import { type Arrival, type ModelRouter, type ModelStory, tellModelStory } from './model-story.ts';
import { answerTo, complaintAbout, nextOf, type Opening } from './random-packets.ts';
import type { Town } from './town.ts';

/** One packet of it: what was sent, what the model says and what the kernel did. */
export type Step = {
  readonly arrival: Arrival;
  readonly model: ModelStory;
  readonly kernel: KernelStory;
  readonly contradiction?: string;
};

/** Whether the ruleset may leave the model in doubt, and whether the router's own packets meet rules. */
export type Conditions = { readonly uncertain: boolean; readonly ownPacketsMeetRules: boolean };

/** Up to three steps; they end with the first that goes nowhere, or that is contradicted. */
export function converse(
  town: Town,
  router: ModelRouter,
  opening: Opening,
  conditions: Conditions,
): readonly Step[] {
  const steps: Step[] = [];
  const take = (arrival: Arrival): Step => {
    const model = tellModelStory(router, arrival);
    const kernel = tellKernelStory(town, arrival);
    const contradiction = findContradiction(model, kernel, arrival.packet, {
      uncertain: conditions.uncertain,
      refusalMayVanish: conditions.ownPacketsMeetRules || arrival.link === undefined,
    });
    const step = { arrival, model, kernel, ...(contradiction === undefined ? {} : { contradiction }) };
    steps.push(step);
    return step;
  };
  const first = take({ ...opening, direction: 'original' });
  const left = first.kernel.left;
  if (first.contradiction !== undefined || first.model.end.kind !== 'left' || !left) return steps;
  if (!isTraceable(opening.packet)) return steps;
  const known = rememberConnection(opening.packet, left.packet, first.model);
  const answer = take({
    link: left.link,
    mark: 0,
    packet: (opening.isRefused ? complaintAbout : answerTo)(left.packet, opening.packet.tag + 1),
    direction: known ? 'reply' : 'original',
    ...(known ? { known } : {}),
  });
  if (answer.contradiction !== undefined || !known || !hasPassed(answer)) return steps;
  if (answer.model.packet.connection.state !== 'established') return steps;
  const later: Known = { ...known, mark: answer.model.packet.connection.mark };
  take({
    ...opening,
    packet: nextOf(opening.packet, answer.arrival.packet, opening.packet.tag + 2),
    direction: 'original',
    known: later,
  });
  return steps;
}

/** A TCP connection that begins in the middle is picked up, but its states are not those of these tests. */
function isTraceable({ protocol, tcpFlags }: WirePacket): boolean {
  return protocol !== 6 || tcpFlags === 2;
}

function hasPassed({ model }: Step): boolean {
  return model.end.kind === 'left' || model.end.kind === 'delivered';
}
