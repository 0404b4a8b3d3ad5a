import type { Family } from './address.ts';

/** A neighbour entry: ARP or NDP (RTM_NEWNEIGH, linux/neighbour.h). */
export type Neighbour = {
  readonly ifindex: number;
  readonly family: Family;
  readonly address: string;
  /** Absent while it is INCOMPLETE or FAILED. */
  readonly mac?: string;
  /** REACHABLE, STALE, DELAY, PROBE, FAILED, INCOMPLETE, PERMANENT, NOARP, NONE. */
  readonly state: string;
  /** NTF_*: router, proxy, extern_learn, … */
  readonly flags: readonly string[];
};

/** NUD_VALID (include/net/neighbour.h): a frame is sent to its MAC at once. */
export function isValidNeighbour({ mac, state }: Neighbour): boolean {
  return mac !== undefined && state !== 'FAILED' && state !== 'INCOMPLETE' && state !== 'NONE';
}
