/**
 * Orders two texts by their characters' numbers, for `sort`. `localeCompare` would load its language tables first: 9 ms, a
 * tenth of a quick command.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
