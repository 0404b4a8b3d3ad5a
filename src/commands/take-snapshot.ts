/** The look that reading commands share: inventory, then a scan. Imported by `run` functions only, never at start-up. */
import { readEngineChoice } from '../../probes/engine-endpoint.ts';
import { type Inventory, takeInventory } from '../discover/inventory.ts';
import { type Refreshed, refreshNamespace } from '../discover/refresh.ts';
import { type ScanRequest, scan } from '../discover/scan.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { System } from '../system/system.ts';
import type { CommandContext } from './command.ts';
import { gapsOfSections, narrowSnapshot } from './saved-snapshot.ts';

export type Look = ScanRequest & {
  /** Namespaces of plain processes too. */
  readonly processes: boolean;
  /** Keeps only part of what there is to see. */
  readonly narrow?: (inventory: Inventory) => Inventory;
};

/** A fresh snapshot, or the one in a file. Throws `UserError` when an engine named on the command line does not answer. */
export async function takeSnapshot(context: CommandContext, system: System, look: Look): Promise<Snapshot> {
  const saved = await context.saved();
  if (saved) return narrowSnapshot(saved, look);
  const inventory = await lookAround(context, system, look.processes);
  return scan(system, look.narrow?.(inventory) ?? inventory, { searchHidden: look.processes, ...look });
}

/** One namespace of a snapshot with these tables as well: read now, or as the file has them. */
export async function readTables(
  context: CommandContext,
  system: System,
  namespace: Namespace,
  sections: Look['sections'],
): Promise<Pick<Refreshed, 'namespace' | 'gaps'>> {
  const saved = await context.saved();
  if (!saved) return refreshNamespace(system, namespace, sections);
  const full = saved.namespaces.find(({ id }) => id === namespace.id) ?? namespace;
  return { namespace: full, gaps: gapsOfSections(saved, namespace.id, sections) };
}

/** What there is, before it is read. Throws the same. */
export function lookAround(context: CommandContext, system: System, processes: boolean): Promise<Inventory> {
  const engine = readEngineChoice(system, context.globals.dockerHost);
  return takeInventory(system, { engine, processes });
}
