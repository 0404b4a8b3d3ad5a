/** Whether a packet came in, or leaves, by a link that a rule names, perhaps by the beginning of its name. */
import { ternary } from '../../ternary.ts';
import type { Packet } from '../packet.ts';
import type { Test } from '../program.ts';
import type { Surroundings } from '../surroundings.ts';
import { always, unknowable } from './logic.ts';

export type LinkSide = 'inLink' | 'outLink';

/**
 * The name of the link, the empty text where there is none at this hook (a packet being sent came in by nothing, one
 * that arrives leaves by nothing yet: the kernel compares with an empty name then), and undefined where it is not known.
 */
export function linkName(packet: Packet, side: LinkSide, { hook }: Surroundings): string | undefined {
  const name = packet[side];
  if (name !== undefined) return name;
  if (side === 'outLink') return hook === 'prerouting' || hook === 'input' ? '' : undefined;
  return hook === 'output' || (hook === 'postrouting' && packet.sender) ? '' : undefined;
}

/**
 * A test for a link whose name is, or (not `whole`) begins with, `start`. U+FFFD is a byte that the rule's text could not
 * carry.
 */
export function linkTest(side: LinkSide, start: string, whole: boolean): Test {
  if (start === '' && !whole) return always;
  if (start.includes('\ufffd')) return unknowable;
  return (packet, around) => {
    const name = linkName(packet, side, around);
    return name === undefined ? 'unknown' : ternary(whole ? name === start : name.startsWith(start));
  };
}
