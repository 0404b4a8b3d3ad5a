/** `-m mark` and `-m connmark` (xt_mark.c, xt_connmark.c). */
import { byConnection } from '../../conditions/connection.ts';
import { negatedIf, unknowable } from '../../conditions/logic.ts';
import { isMark, type Mark, parseMaskedMark } from '../../conditions/mark.ts';
import type { Packet } from '../../packet.ts';
import type { Test } from '../../program.ts';
import type { ModuleTest, OptionTest } from '../compile-module.ts';

export const packetMark: OptionTest = ({ option, values: [value = ''] }) =>
  option === 'mark' ? markTest(value, ({ mark }) => mark) : undefined;

/** A packet without a connection has no such mark, which even a negated option does not match. */
export const connectionMark: ModuleTest = ([match]) => {
  if (match?.option !== 'mark') return unknowable;
  const test = negatedIf(
    match.negated,
    markTest(match.values[0] ?? '', ({ connection }) => connection.mark),
  );
  return (packet, around) => byConnection(packet.connection, () => test(packet, around), 'no');
};

function markTest(text: string, markOf: (packet: Packet) => Mark): Test {
  const wanted = parseMaskedMark(text);
  return wanted ? (packet) => isMark(markOf(packet), wanted) : unknowable;
}
