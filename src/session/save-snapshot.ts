/** Saves the whole picture, read anew with every table, as a file in the working directory. */
import type { EngineChoice } from '../../probes/engine-endpoint.ts';
import { probes } from '../../probes/index.ts';
import { takeInventory } from '../discover/inventory.ts';
import { scan } from '../discover/scan.ts';
import { UserError } from '../model/user-error.ts';
import type { Message } from '../store/messages.ts';
import { type System, SystemError } from '../system/system.ts';
import { version } from '../version.ts';
import { snapshotJson } from '../view/json/snapshot.ts';

/** A picture of the network tells addresses and rules: for its owner alone. */
const OWNER_ONLY = 0o600;

/** Answers with a notice that names the file, or says why there is none. */
export async function saveSnapshot(
  system: System,
  engine: EngineChoice,
  post: (message: Message) => void,
): Promise<void> {
  try {
    // An engine that is gone is a gap in the file, not a reason for having no file.
    const inventory = await takeInventory(system, {
      engine: { ...engine, explicit: false },
      processes: true,
    });
    const snapshot = await scan(system, inventory, {
      sections: probes.map((probe) => probe.name),
      stats: true,
    });
    const name = fileName(system.host.hostname, snapshot.takenAt);
    const text = `${JSON.stringify(snapshotJson(version, snapshot))}\n`;
    // A new file, so that nobody's link or file of that name is written through.
    system.files.writeText(`./${name}`, text, { mode: OWNER_ONLY, exclusive: true });
    post({ kind: 'notice', level: 'info', text: `saved ${name}` });
  } catch (error) {
    if (!(error instanceof SystemError) && !(error instanceof UserError)) throw error;
    post({ kind: 'notice', level: 'error', text: `no snapshot was saved: ${error.message}` });
  }
}

/** `netpeek-snapshot-vm-12-20300101-120000.json`, the time in UTC as in the document. */
function fileName(hostname: string, takenAt: string): string {
  const [date = '', time = ''] = takenAt.replaceAll(/[-:]/g, '').split('T');
  const host = hostname.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '');
  return `netpeek-snapshot-${host}-${date}-${time.slice(0, 6)}.json`;
}
