/**
 * `-m rpfilter`: whether the tables lead back to the source by the link that the packet came in by (ipt_rpfilter.c,
 * ip6t_rpfilter.c). It is for PREROUTING alone.
 */
import { type Ternary, ternary } from '../../../ternary.ts';
import { isFromNobody, isLoopbackLink, isOfOneLink, otherEnd } from '../../conditions/route-back.ts';
import { type Packet, UNKNOWN_ADDRESS } from '../../packet.ts';
import type { Surroundings, TableAnswer, TableQuestion } from '../../surroundings.ts';
import type { ModuleTest } from '../compile-module.ts';

type Mode = { readonly loose: boolean; readonly validMark: boolean; readonly acceptLocal: boolean };

const OPTIONS: ReadonlySet<string> = new Set(['rpfilter', 'loose', 'validmark', 'accept-local', 'invert']);

export const rpfilter: ModuleTest = (options, { repeated }) => {
  const has = (name: string) => options.some(({ option }) => option === name);
  if (repeated || options.some(({ option, negated }) => negated || !OPTIONS.has(option)))
    return () => 'unknown';
  const mode = { loose: has('loose'), validMark: has('validmark'), acceptLocal: has('accept-local') };
  const inverted = has('invert');
  return (packet, around) => {
    const passes = passesBack(mode, packet, around);
    return passes === 'unknown' ? passes : ternary((passes === 'yes') !== inverted);
  };
};

function passesBack(mode: Mode, packet: Packet, around: Surroundings): Ternary {
  const { inLink, source } = packet;
  const loopback = inLink === undefined ? undefined : isLoopbackLink(inLink, around);
  if (inLink === undefined || loopback === undefined) return 'unknown';
  if (loopback) return 'yes';
  if (source === UNKNOWN_ADDRESS || packet.destination === UNKNOWN_ADDRESS) return 'unknown';
  if (source === '::' || isFromNobody(packet)) return 'yes';
  const answers = around.askTables?.(question(mode, packet, inLink)) ?? [{ kind: 'unknown' } as const];
  const results = new Set(answers.map((answer) => isGood(answer, mode, packet.family, inLink)));
  const [only = 'unknown'] = results;
  return results.size === 1 ? only : 'unknown';
}

function question({ loose, validMark }: Mode, packet: Packet, link: string): TableQuestion {
  const { family, source, destination } = packet;
  const nearby = family === 'ipv6' && isOfOneLink(source);
  return {
    family,
    address: source,
    ...otherEnd(family, destination),
    link,
    ...(family === 'ipv6' && (nearby || !loose) ? { oif: link } : {}),
    strict: nearby,
    mark: validMark ? packet.mark : 0,
    protocol: family === 'ipv6' ? packet.protocol : 0,
    dscp: packet.dscp,
  };
}

function isGood(answer: TableAnswer, mode: Mode, family: Packet['family'], link: string): Ternary {
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind === 'none') return 'no';
  // IPv6 asks no more of an own address; IPv4 wants it on that link as well.
  if (answer.type === 'local')
    return ternary(mode.acceptLocal && (family === 'ipv6' || mode.loose || answer.links.includes(link)));
  return ternary(answer.type === 'unicast' && (mode.loose || answer.links.includes(link)));
}
