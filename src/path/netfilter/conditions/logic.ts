/** Conditions joined, in three values (Kleene's logic): one that fails decides, whatever is unknown beside it. */
import type { Ternary } from '../../ternary.ts';
import type { Test } from '../program.ts';

/** All hold. */
export function both(one: Ternary, other: Ternary): Ternary {
  if (one === 'no' || other === 'no') return 'no';
  return one === 'yes' && other === 'yes' ? 'yes' : 'unknown';
}

/** At least one holds. */
export function either(one: Ternary, other: Ternary): Ternary {
  if (one === 'yes' || other === 'yes') return 'yes';
  return one === 'no' && other === 'no' ? 'no' : 'unknown';
}

/** The same where both agree, else unknown. */
export function agreed(one: Ternary, other: Ternary): Ternary {
  return one === other ? one : 'unknown';
}

export const always: Test = () => 'yes';
export const never: Test = () => 'no';
export const unknowable: Test = () => 'unknown';

/** The test, or its opposite where `negated` says so. */
export function negatedIf(negated: boolean, test: Test): Test {
  if (!negated) return test;
  return (packet, around) => {
    const result = test(packet, around);
    return result === 'unknown' ? result : result === 'yes' ? 'no' : 'yes';
  };
}
