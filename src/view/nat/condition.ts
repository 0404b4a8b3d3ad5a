/**
 * Conditions of translating rules in the one form that sentences are made of, whichever tool wrote them, and what follows
 * when several stand together. What has no place here is `other`, and no sentence is made of it.
 */
import type { NftHook } from '../../model/nftables.ts';
import { isWithin } from './address-text.ts';

export type Field =
  | 'family'
  | 'source'
  | 'destination'
  | 'source-port'
  | 'destination-port'
  | 'protocol'
  /** The link that it came in by, or leaves by. */
  | 'in'
  | 'out'
  /** An address of this namespace itself (addrtype LOCAL, fib type local); without values. */
  | 'from-local'
  | 'to-local';

export type Condition =
  | {
      readonly kind: Field;
      readonly not: boolean;
      /** One of them, as the tool writes it: `172.17.0.0/16`, `10.0.0.1-10.0.0.9`, `80-90`, `set NAME`. */
      readonly values: readonly string[];
    }
  | { readonly kind: 'other'; readonly text: string };

export type Known = Exclude<Condition, { kind: 'other' }>;

/** Hooks where there is no such link yet, or none any more: it has the empty name there. */
const NO_LINK: Readonly<Record<'in' | 'out', readonly NftHook[]>> = {
  in: ['output'],
  out: ['prerouting', 'input'],
};

/** What is left to ask of a packet at this hook; undefined where the conditions can never hold together. */
export function joinConditions(
  conditions: readonly Condition[],
  hook: NftHook,
): readonly Condition[] | undefined {
  const kept: Condition[] = [];
  for (const condition of conditions) {
    if (condition.kind === 'in' || condition.kind === 'out') {
      if (NO_LINK[condition.kind].includes(hook)) {
        if (condition.not) continue;
        return undefined;
      }
    }
    if (kept.some((one) => isContrary(one, condition))) return undefined;
    if (kept.some((one) => implies(one, condition))) continue;
    const weaker = kept.findIndex((one) => implies(condition, one));
    if (weaker >= 0) kept.splice(weaker, 1, condition);
    else kept.push(condition);
  }
  return kept;
}

/** What meets the one list or the other, where they are alike but for the links of one condition. */
export function uniteConditions(
  some: readonly Condition[],
  others: readonly Condition[],
): readonly Condition[] | undefined {
  for (const [at, one] of some.entries()) {
    if (one.kind !== 'in' && one.kind !== 'out') continue;
    const other = others.find(({ kind }) => kind === one.kind);
    if (!other || other.kind === 'other' || one.not || other.not) continue;
    const rest = (list: readonly Condition[], left: Condition) =>
      JSON.stringify(list.filter((each) => each !== left));
    if (rest(some, one) !== rest(others, other)) continue;
    return some.with(at, { ...one, values: [...new Set([...one.values, ...other.values])] });
  }
  return undefined;
}

/** Whether no packet can meet both lists; false where that is not certain. */
export function areContrary(some: readonly Condition[], others: readonly Condition[]): boolean {
  return some.some((one) => others.some((other) => isContrary(one, other)));
}

function isContrary(one: Condition, other: Condition): boolean {
  if (one.kind === 'other' || other.kind === 'other' || one.kind !== other.kind) return false;
  if (one.not && other.not) return false;
  if (one.not !== other.not) {
    const [asked, excluded] = one.not ? [other, one] : [one, other];
    return asked.values.every((value) => excluded.values.some((no) => isPart(one.kind, value, no)));
  }
  return (
    one.values.length > 0 && one.values.every((a) => other.values.every((b) => areApart(one.kind, a, b)))
  );
}

/** Whether what meets the first always meets the second. */
function implies(one: Condition, other: Condition): boolean {
  if (one.kind === 'other' || other.kind === 'other')
    return one.kind === other.kind && 'text' in one && 'text' in other && one.text === other.text;
  if (one.kind !== other.kind) return false;
  if (!one.not && !other.not)
    return one.values.every((value) => other.values.some((wide) => isPart(one.kind, value, wide)));
  if (one.not && other.not)
    return other.values.every((value) => one.values.some((wide) => isPart(one.kind, value, wide)));
  if (one.not) return false;
  return (
    one.values.length > 0 && one.values.every((a) => other.values.every((b) => areApart(one.kind, a, b)))
  );
}

/** Whether the first value is the second or lies in it; false where that is not certain. */
function isPart(kind: Field, value: string, wide: string): boolean {
  if (value === wide) return true;
  if (kind === 'source' || kind === 'destination') return isWithin(value, wide);
  if (kind === 'in' || kind === 'out') return wide.endsWith('*') && value.startsWith(wide.slice(0, -1));
  return false;
}

/** Whether nothing is both; false where that is not certain. */
function areApart(kind: Field, one: string, other: string): boolean {
  if (one === other) return false;
  switch (kind) {
    case 'in':
    case 'out':
      return !one.endsWith('*') && !other.endsWith('*');
    case 'family':
    case 'protocol':
      return true;
    case 'source-port':
    case 'destination-port':
      return /^\d+$/.test(one) && /^\d+$/.test(other);
    default:
      return /^[\d.:a-f/]+$/.test(one + other) && !isWithin(one, other) && !isWithin(other, one);
  }
}
