/** Lists that grow but never past a bound: the oldest entries go first. */

/** The list with more at its end, at most `most` long. */
export function appendBounded<T>(list: readonly T[], more: readonly T[], most: number): readonly T[] {
  if (more.length >= most) return more.slice(-most);
  const excess = list.length + more.length - most;
  return excess > 0 ? [...list.slice(excess), ...more] : [...list, ...more];
}
