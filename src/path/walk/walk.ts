/** Runs the steps of one way, until the packet is delivered, lost, or out of sight. */
import type { Hop } from '../../model/diagnosis.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import { deliver } from './deliver.ts';
import type { Fault } from './fault.ts';
import { frameIn } from './frame-in.ts';
import { frameOut } from './frame-out.ts';
import { receive } from './receive.ts';
import { send } from './send.ts';
import type { DraftHop, End, State, StepResult, World } from './state.ts';
import { transmit } from './transmit.ts';

/** A packet that a process of the namespace took, to send another in its place. */
export type Relayed = { readonly namespace: Namespace; readonly packet: Packet };

export type Walk = {
  readonly hops: readonly Hop[];
  readonly faults: readonly Fault[];
  readonly end: End;
  readonly relayed: readonly Relayed[];
};

/** More steps than any way needs: a packet's TTL is 64, and each namespace takes up to five steps. */
const MOST_STEPS = 320;

/** Hops end at the first drop, for the packet goes no further; faults do not. */
export function walk(world: World, start: State): Walk {
  const drafts: DraftHop[] = [];
  const faults: Fault[] = [];
  const relayed: Relayed[] = [];
  let state = start;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const result = take(world, state);
    drafts.push(...result.hops);
    if (result.hops.some(({ verdict }) => verdict === 'drop')) world.met?.end();
    faults.push(...result.faults.map((fault): Fault => ({ ...fault, direction: world.direction })));
    if (result.relayed) relayed.push(result.relayed);
    if (!result.next) return { hops: number(drafts), faults, end: result.end ?? { how: 'unknown' }, relayed };
    state = cross(state, result.next);
  }
  const { namespace } = state;
  const detail = 'the packet goes round and round: its time to live is used up';
  drafts.push({ namespace, stage: 'route', verdict: 'drop', detail });
  faults.push({ kind: 'loop', namespace, direction: world.direction });
  return { hops: number(drafts), faults, end: { how: 'lost' }, relayed };
}

function take(world: World, state: State): StepResult {
  switch (state.at) {
    case 'send':
      return send(world, state);
    case 'transmit':
      return transmit(world, state);
    case 'frame-out':
      return frameOut(world, state);
    case 'frame-in':
      return frameIn(world, state);
    case 'receive':
      return receive(world, state);
    case 'deliver':
      return deliver(world, state);
  }
}

/** From one namespace to another a packet loses its mark, its connection and its sender (skb_scrub_packet). */
function cross(before: State, next: State): State {
  if (before.namespace.id === next.namespace.id) return next;
  const {
    sender: _sender,
    outLink: _out,
    inLink: _in,
    physIn: _physIn,
    physOut: _physOut,
    ...packet
  } = next.packet;
  return { ...next, packet: { ...packet, mark: 0 } };
}

function number(drafts: readonly DraftHop[]): readonly Hop[] {
  const dropped = drafts.findIndex(({ verdict }) => verdict === 'drop');
  const walked = dropped < 0 ? drafts : drafts.slice(0, dropped + 1);
  return walked.map(({ namespace, ...hop }, index) => ({ n: index + 1, namespace: namespace.name, ...hop }));
}
