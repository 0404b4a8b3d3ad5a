/** What follows a packet, over a saved snapshot or on the machine itself, where it reads as the packet goes and asks the kernel for its routes. */
import { walkReading } from '../discover/walk-reading.ts';
import { askRoutes } from '../live/ask-routes.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { AskKernel } from '../path/route/query.ts';
import type { System } from '../system/system.ts';

/** The last walk, and the snapshot that it was on. */
export async function trace<Walked extends { readonly wanted: readonly string[] }>(
  system: System,
  wiring: Snapshot,
  saved: Snapshot | undefined,
  walk: (snapshot: Snapshot, ask?: AskKernel) => Walked,
): Promise<{ readonly snapshot: Snapshot; readonly walked: Walked }> {
  if (saved) return { snapshot: saved, walked: walk(saved) };
  const asked = askRoutes(system, () => wiring);
  try {
    return await walkReading(system, wiring, (current) => walk(current, asked.ask));
  } finally {
    asked.close();
  }
}
