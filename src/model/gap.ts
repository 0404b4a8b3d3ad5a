/** What could not be read, why, and what would help. An empty table means 'none'; a gap means 'not seen'. */
export type Gap = {
  /** The probe that could not answer, such as `links` or `docker`. */
  readonly probe: string;
  /** The id of the namespace concerned; absent where the gap is the whole host's. */
  readonly namespace?: string;
  readonly reason: string;
  /** What would close the gap, such as `run as root` or `apt install iptables`. */
  readonly needs?: string;
};

/** The gaps of two readings, what both say once. */
export function joinGaps(before: readonly Gap[], after: readonly Gap[]): readonly Gap[] {
  const isSame = (a: Gap, b: Gap) =>
    a.probe === b.probe && a.namespace === b.namespace && a.reason === b.reason;
  return [...before.filter((gap) => !after.some((newer) => isSame(gap, newer))), ...after];
}
