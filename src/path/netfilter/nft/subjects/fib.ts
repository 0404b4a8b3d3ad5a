/** `fib …`: what the routing tables say of an address (net/ipv4/netfilter/nft_fib_ipv4.c, net/ipv6/netfilter/nft_fib_ipv6.c). */
import type { NftExpression } from '../../../../model/nftables.ts';
import { isFromNobody, isLoopbackLink, isOfOneLink, otherEnd } from '../../conditions/route-back.ts';
import { type Packet, PROTOCOL, UNKNOWN_ADDRESS } from '../../packet.ts';
import type { Surroundings, TableAnswer, TableQuestion } from '../../surroundings.ts';
import { DATATYPES } from '../datatype.ts';
import { known, UNKNOWN } from '../reading.ts';
import type { Read, Subject } from '../subject.ts';

type FibExpression = Extract<NftExpression, { kind: 'fib' }>;
type Flags = FibExpression['flags'];

/** undefined for a result that is not evaluated. */
export function fibSubject({ result, flags }: FibExpression): Subject | undefined {
  if (result === 'type') return { datatype: DATATYPES.name, read: typeOf(flags) };
  if (result !== 'oif' && result !== 'oifname') return undefined;
  const datatype = result === 'oif' ? DATATYPES.linkIndex : DATATYPES.linkName;
  return { datatype, read: (packet, around) => agreed(linksTo(flags, packet, around)) };
}

/** `exists` and `missing`: whether there is a link at all (NFTA_FIB_F_PRESENT). */
export function fibPresence({ flags }: FibExpression): Subject {
  return {
    datatype: DATATYPES.exists,
    read: (packet, around) =>
      agreed(linksTo(flags, packet, around).map((link) => (link === undefined ? link : link === '' ? 0 : 1))),
  };
}

/** With `iif` or `oif`, an address is local only to that link. */
function typeOf(flags: Flags): Read {
  const link = flags.includes('iif') ? 'inLink' : flags.includes('oif') ? 'outLink' : undefined;
  return (packet, { addressType }) => {
    const address = flags.includes('daddr') ? packet.destination : packet.source;
    const name = link && packet[link];
    if (link && name === undefined) return UNKNOWN;
    const type = addressType(address, name);
    return type === 'unknown' ? UNKNOWN : known(type);
  };
}

function agreed(values: readonly (string | number | undefined)[]) {
  const [first] = values;
  return values.every((value) => value === first) ? known(first) : UNKNOWN;
}

/** Every link that may be the answer, the empty text for none; undefined is not known. */
function linksTo(flags: Flags, packet: Packet, around: Surroundings): readonly (string | undefined)[] {
  const { inLink } = packet;
  if (inLink === undefined) return [undefined];
  const loopback = isLoopbackLink(inLink, around);
  if (around.hook === 'prerouting' && loopback === true) return [inLink];
  if (loopback === undefined) return [undefined];
  if (isFromNobody(packet)) return [inLink];
  const { source, destination } = packet;
  if (source === '::' || source === UNKNOWN_ADDRESS || destination === UNKNOWN_ADDRESS) return [undefined];
  const asked = questions(flags, packet, inLink, around).flatMap(
    (question) => around.askTables?.(question) ?? [{ kind: 'unknown' } as const],
  );
  const found = asked.map((answer) => linkOf(answer, limitOf(flags, packet)));
  return mayBeSpared(packet, loopback, around) ? [inLink, ...found] : found;
}

/** At INPUT, newer kernels ask for no packet that its socket has been found for already, nor for one of the loopback. */
function mayBeSpared({ protocol }: Packet, loopback: boolean, { hook }: Surroundings): boolean {
  return hook === 'input' && (loopback || protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp);
}

/** Several, where releases of the kernel put it differently: with the protocol or without, and the way of what is forwarded. */
function questions(
  flags: Flags,
  packet: Packet,
  link: string,
  { hook }: Surroundings,
): readonly TableQuestion[] {
  const { family, source, destination, outLink } = packet;
  const forwardsBack =
    hook === 'forward' && flags.includes('iif') && !flags.includes('daddr') ? outLink : undefined;
  const [address, other] = flags.includes('daddr') ? [destination, source] : [source, destination];
  const nearby = family === 'ipv6' && isOfOneLink(address);
  const question = {
    family,
    address,
    ...otherEnd(family, other),
    link,
    // A link of its own is meant by an address that means something there alone.
    ...(nearby ? { oif: limitOf(flags, packet) ?? link } : {}),
    strict: nearby,
    mark: flags.includes('mark') ? packet.mark : 0,
    protocol: packet.protocol,
    dscp: packet.dscp,
  };
  const ways: TableQuestion[] =
    forwardsBack === undefined ? [question] : [{ ...question, iif: forwardsBack }];
  if (forwardsBack !== undefined && family === 'ipv6') ways.push(question);
  return family === 'ipv4' ? ways.flatMap((way) => [way, { ...way, protocol: 0 }]) : ways;
}

function limitOf(flags: Flags, { family, inLink, outLink }: Packet): string | undefined {
  const [first, second] = family === 'ipv4' ? (['oif', 'iif'] as const) : (['iif', 'oif'] as const);
  const flag = flags.includes(first) ? first : flags.includes(second) ? second : undefined;
  return flag && (flag === 'iif' ? inLink : outLink);
}

/** Of an address of its own the kernel says that there is none. */
function linkOf(answer: TableAnswer, limit: string | undefined): string | undefined {
  if (answer.kind === 'unknown') return undefined;
  if (answer.kind === 'none' || answer.type === 'local' || answer.type === 'anycast') return '';
  if (limit === undefined) return answer.link;
  return answer.links.includes(limit) ? limit : '';
}
