/** One comparison of an nftables rule as a condition (nft(8)). */
import type { NftElement, NftExpression, NftSet, NftStatement } from '../../model/nftables.ts';
import { plainAddress } from './address-text.ts';
import type { Condition, Field } from './condition.ts';

const ADDRESSES: Readonly<Record<string, Field>> = { saddr: 'source', daddr: 'destination' };
const PORTS: Readonly<Record<string, Field>> = { sport: 'source-port', dport: 'destination-port' };
const TRANSPORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'th']);
const META: Readonly<Record<string, Field>> = {
  iifname: 'in',
  iif: 'in',
  oifname: 'out',
  oif: 'out',
  l4proto: 'protocol',
  nfproto: 'family',
};
const FAMILIES: Readonly<Record<string, string>> = { ip: 'ipv4', ip6: 'ipv6' };
/** Elements of a set that a sentence lists; beyond, it names the set or says nothing. */
const MOST_LISTED = 4;

/** What the comparison asks; `text` is said of what has no form here. */
export function conditionsOf(
  { op, left, right }: Extract<NftStatement, { kind: 'match' }>,
  sets: readonly NftSet[],
): readonly Condition[] {
  const other: Condition = { kind: 'other', text: JSON.stringify({ op, left, right }) };
  if (op !== '==' && op !== '!=') return [other];
  const not = op === '!=';
  const local = localField(left);
  if (local)
    return right.kind === 'value' && right.value === 'local' ? [{ kind: local, not, values: [] }] : [other];
  const kind = fieldOf(left);
  const values = kind && valuesOf(right, kind, sets);
  return kind && values ? [...implied(left), { kind, not, values }] : [other];
}

/** The conditions of one element of a verdict map: the key is it. */
export function keyConditions(key: NftExpression, { key: value }: NftElement): readonly Condition[] {
  return conditionsOf({ kind: 'match', op: '==', left: key, right: value }, []);
}

/** `ip saddr` holds for IPv4 alone, `tcp dport` for TCP alone: nft writes that down only where it must. */
function implied(left: NftExpression): readonly Condition[] {
  if (left.kind !== 'payload') return [];
  const family = FAMILIES[left.protocol];
  if (family !== undefined) return [{ kind: 'family', not: false, values: [family] }];
  return left.protocol === 'th' ? [] : [{ kind: 'protocol', not: false, values: [left.protocol] }];
}

function fieldOf(left: NftExpression): Field | undefined {
  if (left.kind === 'meta') return META[left.key];
  if (left.kind !== 'payload') return undefined;
  const { protocol, field } = left;
  if (protocol === 'ip' || protocol === 'ip6')
    return field === 'protocol' || field === 'nexthdr' ? 'protocol' : ADDRESSES[field];
  return TRANSPORTS.has(protocol) ? PORTS[field] : undefined;
}

/** `fib daddr type local`. */
function localField(left: NftExpression): 'from-local' | 'to-local' | undefined {
  if (left.kind !== 'fib' || left.result !== 'type' || left.flags.length !== 1) return undefined;
  return left.flags[0] === 'daddr' ? 'to-local' : left.flags[0] === 'saddr' ? 'from-local' : undefined;
}

function valuesOf(right: NftExpression, kind: Field, sets: readonly NftSet[]): readonly string[] | undefined {
  if (right.kind === 'set') return listOf(right.elements, kind);
  if (right.kind === 'set-name') {
    const set = sets.find(({ name }) => name === right.name);
    // What rules add to and what times out is another list a moment later.
    const isFixed =
      set && !set.metered && !set.flags.some((flag) => flag === 'timeout' || flag === 'dynamic');
    return (isFixed && set.total === undefined && listOf(set.elements, kind)) || [`set ${right.name}`];
  }
  const text = valueText(right, kind);
  return text === undefined ? undefined : [text];
}

function listOf(elements: readonly NftElement[], kind: Field): readonly string[] | undefined {
  const texts = elements.map(({ key }) => valueText(key, kind));
  const known = texts.filter((text) => text !== undefined);
  return known.length === texts.length && known.length > 0 && known.length <= MOST_LISTED ? known : undefined;
}

function valueText(expression: NftExpression, kind: Field): string | undefined {
  switch (expression.kind) {
    case 'value': {
      const text = String(expression.value);
      if (kind !== 'in' && kind !== 'out') return plainAddress(text);
      // `eth*` means all that begin so, `eth\*` one link.
      return text.includes('\\') || text.slice(0, -1).includes('*') || text === '*' ? undefined : text;
    }
    case 'prefix':
      return plainAddress(`${expression.address}/${expression.length}`);
    case 'range': {
      const ends = [valueText(expression.first, kind), valueText(expression.last, kind)];
      return ends.includes(undefined) ? undefined : ends.join('-');
    }
    default:
      return undefined;
  }
}
