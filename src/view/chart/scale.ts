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
/** Tops that the axis divides into `steps` whole labels. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** The smallest scale that holds the rate in `steps` steps of 1, 2 or 5. */
export function chooseScale(mostBytesPerS: number, steps: number): Scale {
  let divisor = 1;
  for (const unit of UNITS) {
    const step = STEPS.find((size) => size * steps * divisor >= mostBytesPerS);
    if (step !== undefined) return { unit, divisor, top: step * steps };
    divisor *= 1000;
  }
  return { unit: 'TB/s', divisor: 1e12, top: Math.ceil(mostBytesPerS / 1e12 / steps) * steps };
}
