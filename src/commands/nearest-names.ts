/** Names that a mistyped word may have meant, by Damerau-Levenshtein distance (optimal string alignment). */

const NAMES_SHOWN = 3;

/** Up to three names, the nearest first, each at most a third of the word away. */
export function nearestNames(word: string, names: readonly string[]): readonly string[] {
  const reach = Math.max(1, Math.ceil(word.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, distance: name.startsWith(word) ? 0 : editDistance(word, name) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NAMES_SHOWN)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cell = (up: number, left: number) => rows[i - up]?.[j - left] ?? Number.POSITIVE_INFINITY;
      const changed = cell(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? cell(2, 2) + 1 : changed;
      row.push(Math.min(cell(1, 0) + 1, (row[j - 1] ?? 0) + 1, changed, swapped));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Number.POSITIVE_INFINITY;
}
