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
