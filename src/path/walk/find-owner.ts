/** Who on the segment behind a link answers for an address, and who has it and keeps silent. */
import type { Link } from '../../model/link.ts';
import type { Packet } from '../netfilter/packet.ts';
import { type Answer, answerArp, type Question } from './answer-arp.ts';
import { answerNdp } from './answer-ndp.ts';
import type { Place } from './fault.ts';
import { type OpenEnd, segmentBehind } from './segment.ts';
import type { World } from './state.ts';
import { isMacvlan, macvlansOn, parentOf } from './wire.ts';

export type Owners = {
  readonly answering: readonly Answer[];
  readonly silent: readonly Extract<Answer, { kind: 'silent' }>[];
  readonly unknown: readonly Extract<Answer, { kind: 'unknown' }>[];
  /** Who hears a broadcast at all. */
  readonly ears: readonly Place[];
  /** Where somebody may be who cannot be seen. */
  readonly ends: readonly OpenEnd[];
  /** Who would answer if bridges sent frames back by the port that they came in by. */
  readonly turnedAway: readonly Answer[];
};

export function findOwners(world: World, place: Place, packet: Packet, address: string): Owners {
  const { ears, ends } = segmentBehind(world.snapshot, place);
  const question = questionOf(place, packet, address);
  // To its own namespace a question comes from an address of its own, which it refuses (a martian source).
  const answersOf = (hearing: readonly Place[]) =>
    hearing
      .filter(({ namespace }) => namespace.id !== place.namespace.id)
      .flatMap((ear) => answerOf(world, ear, question) ?? []);
  const answers = answersOf(ears);
  const answering = answers.filter(({ kind }) => kind === 'answers');
  const turned = answers.length > 0 ? [] : answersOf(segmentBehind(world.snapshot, place, true).ears);
  return {
    answering,
    turnedAway: turned.filter(({ kind }) => kind === 'answers'),
    silent: answers.filter((answer) => answer.kind === 'silent'),
    unknown: answers.filter((answer) => answer.kind === 'unknown'),
    ears,
    ends,
  };
}

/** A macvlan and the link that it shares, where the address is on one of them and asked for from the other. */
export function findIsolated(
  world: World,
  place: Place,
  packet: Packet,
  address: string,
): { readonly child: Place; readonly parent: Link; readonly owner: Place } | undefined {
  const question = questionOf(place, packet, address);
  if (isMacvlan(place.link)) {
    const parent = parentOf(world.snapshot, place.link);
    if (!parent || !answerOf(world, parent, question)) return undefined;
    return { child: place, parent: parent.link, owner: parent };
  }
  const child = macvlansOn(world.snapshot, place).find((one) => answerOf(world, one, question));
  return child && { child, parent: place.link, owner: child };
}

function answerOf(world: World, ear: Place, question: Question): Answer | undefined {
  return question.packet.family === 'ipv4'
    ? answerArp(world, ear, question)
    : answerNdp(world, ear, question);
}

/** The question comes from the packet's source where that is an own address (arp_announce 0), else from one of the link. */
function questionOf({ namespace, link }: Place, packet: Packet, address: string): Question {
  const own = (namespace.addresses ?? []).filter(({ family }) => family === packet.family);
  const source =
    own.find((one) => one.address === packet.source) ?? own.find(({ ifindex }) => ifindex === link.ifindex);
  return { address, from: source?.address ?? packet.source, packet };
}
