/** A scale for rates that people can read: a unit, and a top that divides into whole steps. */

export type Scale = {
  /** `kB/s`. */
  readonly unit: string;
  /** Bytes in one unit. */
  readonly divisor: number;
  /** The top of the axis, in units. */
  readonly top: number;
};

const UNITS = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const;
/** Step sizes that read well on an axis. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 250] as const;

/** The smallest scale that holds the rate in `steps` whole steps. */
export function chooseScale(mostBytesPerS: number, steps: number): Scale {
  let divisor = 1;
  for (const unit of UNITS) {
    const step = STEPS.find((size) => size * steps * divisor >= mostBytesPerS);
    if (step !== undefined) return { unit, divisor, top: step * steps };
    divisor *= 1000;
  }
  return { unit: 'TB/s', divisor: 1e12, top: Math.ceil(mostBytesPerS / 1e12 / steps) * steps };
}
