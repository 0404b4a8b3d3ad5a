/** Three-valued logic (Kleene's): what cannot be evaluated is unknown, and stays so unless something else decides. */

export type Ternary = 'yes' | 'no' | 'unknown';

export function ternary(value: boolean): Ternary {
  return value ? 'yes' : 'no';
}

export function negate(value: Ternary): Ternary {
  if (value === 'unknown') return 'unknown';
  return value === 'yes' ? 'no' : 'yes';
}
