/** Numbers as people read them: bytes, rates, counts and ages. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const STEP = 1000;

/** `0 B`, `999 B`, `1.5 kB`, `12 MB`: SI units, as `ip -h` and interface speeds use. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (roundForUnit(value) >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : shorten(value)} ${UNITS[unit]}`;
}

/** Bytes in a second. */
export function formatRate(bytesPerS: number): string {
  return `${formatBytes(bytesPerS)}/s`;
}

/** `1,204`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in few cells: `980`, `12k`, `3.4M`. */
export function formatShortCount(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  if (count < 1_000_000) return `${shorten(count / 1000)}k`;
  if (count < 1_000_000_000) return `${shorten(count / 1_000_000)}M`;
  return `${shorten(count / 1_000_000_000)}G`;
}

/** A count with its noun: `1 link`, `3 links`, `2 entries`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** How long ago: `now`, `12 s ago`, `3 min ago`, `2 h ago`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.floor(Math.max(0, ageMs) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

function shorten(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

function roundForUnit(value: number): number {
  return value < 9.95 ? value : Math.round(value);
}
