/** Whether an ipset holds what a packet carries, as the kernel asks it for a rule (ip_set_test() in ip_set_core.c). */
import type { IpSet } from '../../../model/ipset.ts';
import { type Ternary, ternary } from '../../ternary.ts';
import { isInPrefix } from '../conditions/address.ts';
import { type AddressValue, addressValue } from '../conditions/address-value.ts';
import { linkName } from '../conditions/link-name.ts';
import { both, either } from '../conditions/logic.ts';
import { hasPorts, isPortIn } from '../conditions/port.ts';
import { type Packet, PROTOCOL } from '../packet.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Element, type Part, parseSet } from './parse-set.ts';

/** Which end of the packet a dimension of the set is compared with. */
export type Direction = 'src' | 'dst';

export type SetQuestion = {
  readonly packet: Packet;
  readonly around: Surroundings;
  readonly directions: readonly Direction[];
  /** Elements marked `nomatch` hold, and others do not. */
  readonly returnsNomatch: boolean;
  /** Sets whose elements rules add and delete. */
  readonly changedSets: ReadonlySet<string>;
};

/** Lists of lists are not possible; this ends one that a file pretends. */
const DEEPEST_LIST = 2;

/** Whether the set matches. */
export function askSet(set: IpSet, question: SetQuestion, depth = 0): Ternary {
  if (set.type === 'list:set') return askMembers(set, question, depth);
  const { packet, directions } = question;
  const { dimensions, candidates } = parseSet(set);
  if (directions.length < dimensions.length) return 'no';
  if (set.family !== undefined && set.family !== packet.family) return 'no';
  if (set.type === 'bitmap:port' && !hasPorts(packet)) return 'no';
  const begins = dimensions[0] === 'ip' || dimensions[0] === 'net';
  const first = begins ? address(question, 0) : undefined;
  if (begins && !first) return 'unknown';
  const found = decide(candidates(first), set.type.includes('net'), question);
  if (set.total === undefined || set.total <= set.entries.length) return found;
  // What was not kept may hold it, or be an exception.
  return found === 'yes' && !set.type.includes('net') ? found : 'unknown';
}

/** The first element that holds decides; those before it that may hold leave their own answer possible. */
function decide(elements: readonly Element[], hasNomatch: boolean, question: SetQuestion): Ternary {
  const answers = new Set<Ternary>();
  for (const element of elements) {
    const holds = holdsAll(element.parts, question);
    if (holds === 'no') continue;
    const inverted = hasNomatch && element.nomatch !== question.returnsNomatch;
    answers.add(ternary(!inverted));
    if (holds === 'yes') return answers.size === 1 ? ternary(!inverted) : 'unknown';
  }
  answers.add('no');
  return answers.size === 1 ? 'no' : 'unknown';
}

function holdsAll(parts: readonly Part[], question: SetQuestion): Ternary {
  let result: Ternary = 'yes';
  for (const [at, part] of parts.entries()) {
    result = both(result, holds(part, at, question));
    if (result === 'no') break;
  }
  return result;
}

function holds(part: Part, at: number, question: SetQuestion): Ternary {
  const { packet, around, directions } = question;
  const source = directions[at] === 'src';
  switch (part.kind) {
    case 'prefix': {
      const value = address(question, at);
      return value ? ternary(isInPrefix(part.prefix, value)) : 'unknown';
    }
    case 'port':
      return holdsPort(part, packet, source);
    case 'link': {
      const name = linkName(packet, source ? 'inLink' : 'outLink', around);
      if (name === undefined) return 'unknown';
      return ternary(name !== '' && (part.whole ? name === part.start : name.startsWith(part.start)));
    }
    case 'mac': {
      const mac = source ? packet.sourceMac : packet.destinationMac;
      return mac === undefined ? 'unknown' : ternary(mac.toLowerCase() === part.mac);
    }
    // The set may look at some bits alone (`markmask`), which is not read.
    case 'mark':
      return packet.mark === part.mark ? 'yes' : 'unknown';
    case 'unknown':
      return 'unknown';
  }
}

function holdsPort(part: Extract<Part, { kind: 'port' }>, packet: Packet, source: boolean): Ternary {
  if (part.protocol !== undefined && part.protocol !== packet.protocol) return 'no';
  if (hasPorts(packet))
    return isPortIn(
      { first: part.port, last: part.port },
      source ? packet.sourcePort : packet.destinationPort,
    );
  if (packet.protocol !== PROTOCOL.icmp && packet.protocol !== PROTOCOL.icmpv6) return 'unknown';
  const { icmpType, icmpCode } = packet;
  if (icmpType === undefined || icmpCode === undefined) return 'unknown';
  return ternary(icmpType * 256 + icmpCode === part.port);
}

function address({ packet, directions }: SetQuestion, at: number): AddressValue | undefined {
  return addressValue(directions[at] === 'src' ? packet.source : packet.destination);
}

/** A list holds what one of its sets holds. */
function askMembers(list: IpSet, question: SetQuestion, depth: number): Ternary {
  if (depth >= DEEPEST_LIST) return 'unknown';
  let result: Ternary = list.total !== undefined && list.total > list.entries.length ? 'unknown' : 'no';
  for (const { element } of list.entries) {
    const [name = ''] = element.split(' ');
    const member = question.around.ipset(name);
    const isKnown = member && !question.changedSets.has(name);
    result = either(result, isKnown ? askSet(member, question, depth + 1) : 'unknown');
    if (result === 'yes') break;
  }
  return result;
}
