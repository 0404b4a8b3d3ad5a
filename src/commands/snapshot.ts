/** `netpeek snapshot`: the whole picture as a file, or on stdout. */
import { probes } from '../../probes/index.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { version } from '../version.ts';
import { formatPlural } from '../view/format.ts';
import { snapshotJson } from '../view/json/snapshot.ts';
import type { Command } from './command.ts';
import { printGaps } from './print.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** A picture of the network tells addresses and rules: for its owner alone. */
const OWNER_ONLY = 0o600;

export const snapshot: Command = {
  name: 'snapshot',
  summary: 'everything that can be read, as one JSON document: for a look later, elsewhere, or a bug report',
  options: [{ flags: '-o, --output <file>', description: "the file to write; absent or '-': stdout" }],
  help: 'Examples:\n  netpeek snapshot -o now.json\n  netpeek --snapshot now.json ls      no root is needed, nothing of this machine is read\n  netpeek diff now.json               what has changed since',
  run: async (context, { options }) => {
    const system = await context.openSystem();
    const taken = await takeSnapshot(context, system, {
      sections: probes.map(({ name }) => name),
      processes: true,
      stats: true,
    });
    const text = JSON.stringify(snapshotJson(version, taken));
    const file = typeof options.output === 'string' ? options.output : '-';
    if (file === '-') {
      context.out.line(text);
      return EXIT.ok;
    }
    try {
      system.files.writeText(file, `${text}\n`, { mode: OWNER_ONLY, whole: true });
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code !== 'string') throw error;
      throw new UserError(EXIT.outside, `cannot write ${file}: ${code}`);
    }
    printGaps(context, taken);
    context.out.note(`netpeek: ${formatPlural(taken.namespaces.length, 'namespace')} written to ${file}`);
    return EXIT.ok;
  },
};
