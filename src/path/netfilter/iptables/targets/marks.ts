/** Targets that set marks: MARK, CONNMARK, and TPROXY, which sets one on what it takes (xt_mark.c, xt_connmark.c, xt_TPROXY.c). */
import type { Match } from '../../../../model/firewall.ts';
import { hasConnection } from '../../conditions/connection.ts';
import {
  ALL_BITS,
  changeMark as changed,
  type Mark,
  type MaskedMark,
  parseMark,
  parseMaskedMark,
} from '../../conditions/mark.ts';
import { joinPackets } from '../../join.ts';
import { ownEntry } from '../../own-entry.ts';
import type { Packet } from '../../packet.ts';
import type { Step } from '../../program.ts';
import type { Target } from '../compile-target.ts';

export const changeMark: Target = (options) => {
  const change = findChange(options);
  return step((packet) => ({ ...packet, mark: change ? changed(packet.mark, change) : 'unknown' }));
};

/** Nothing where the packet has no connection. */
export const changeConnectionMark: Target = (options) => {
  const change = connectionChange(options);
  return step((packet) => {
    const has = hasConnection(packet.connection);
    if (has === 'no') return packet;
    return has === 'yes' ? change(packet) : joinPackets(packet, change(packet));
  });
};

/** A socket takes the packet, and it carries the mark from then on; where there is none, it is dropped. */
export const diverted: Target = (options) => {
  const text = wordOf(options, 'tproxy-mark');
  const change = text === undefined ? undefined : parseMaskedMark(text);
  return [
    ...step((packet) => {
      if (text === undefined) return packet;
      return { ...packet, mark: change ? changed(packet.mark, change) : 'unknown' };
    }),
    { kind: 'decide', decide: () => [{ kind: 'drop' }, { kind: 'accept' }] },
  ];
};

/** How each option changes a mark, given its words: `(mark & ~mask) ^ value`. */
const CHANGES: Readonly<Record<string, (text: string) => MaskedMark | undefined>> = {
  'set-xmark': parseMaskedMark,
  'set-mark': (text) => {
    const given = parseMaskedMark(text);
    // The bits of the value are set as well, whatever the mask.
    return given && { value: given.value, mask: (given.mask | given.value) >>> 0 };
  },
  'and-mark': (text) => withMark(text, (mark) => ({ value: 0, mask: ~mark >>> 0 })),
  'or-mark': (text) => withMark(text, (mark) => ({ value: mark, mask: mark })),
  'xor-mark': (text) => withMark(text, (mark) => ({ value: mark, mask: 0 })),
};

function findChange(options: readonly Match[]): MaskedMark | undefined {
  for (const { option, values } of options) {
    const change = ownEntry(CHANGES, option)?.(values[0] ?? '');
    if (change) return change;
  }
  return undefined;
}

function connectionChange(options: readonly Match[]): (packet: Packet) => Packet {
  const shifted = options.some(({ option }) => option.endsWith('-shift-mark'));
  const names = new Set(options.map(({ option }) => option));
  const set = findChange(options);
  const packetMask = maskOf(options, 'nfmask');
  const connectionMask = maskOf(options, 'ctmask');
  const known = !shifted && packetMask !== undefined && connectionMask !== undefined;
  if (names.has('save-mark'))
    return (packet) =>
      withConnectionMark(
        packet,
        known ? moved(packet.connection.mark, connectionMask, packet.mark, packetMask) : 'unknown',
      );
  if (names.has('restore-mark'))
    return (packet) => ({
      ...packet,
      mark: known ? moved(packet.mark, packetMask, packet.connection.mark, connectionMask) : 'unknown',
    });
  return (packet) =>
    withConnectionMark(packet, set && !shifted ? changed(packet.connection.mark, set) : 'unknown');
}

/** `(old & ~oldMask) ^ (from & fromMask)`. */
function moved(old: Mark, oldMask: number, from: Mark, fromMask: number): Mark {
  if (from === 'unknown') return fromMask === 0 ? changed(old, { value: 0, mask: oldMask }) : from;
  return changed(old, { value: (from & fromMask) >>> 0, mask: oldMask });
}

function maskOf(options: readonly Match[], name: string): number | undefined {
  const text = wordOf(options, name) ?? wordOf(options, 'mask');
  return text === undefined ? ALL_BITS : parseMark(text);
}

function wordOf(options: readonly Match[], name: string): string | undefined {
  return options.find(({ option }) => option === name)?.values[0];
}

function withConnectionMark(packet: Packet, mark: Mark): Packet {
  return { ...packet, connection: { ...packet.connection, mark } };
}

function withMark(text: string, change: (mark: number) => MaskedMark): MaskedMark | undefined {
  const mark = parseMark(text);
  return mark === undefined ? undefined : change(mark);
}

function step(change: (packet: Packet) => Packet): readonly Step[] {
  return [{ kind: 'change', change }];
}
