/** `netpeek netns ls`: the names under /var/run/netns and whose they are. */

import { listAttached } from '../live/attach.ts';
import { NETNS_DIRECTORY } from '../model/nsfs.ts';
import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printTable } from './print.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const netnsLs: Command = {
  name: 'netns ls',
  summary: 'the names under /var/run/netns, whose namespaces they are, and which of them netpeek attached',
  run: async (context) => {
    const system = await context.openSystem();
    const snapshot = await takeSnapshot(context, system, { sections: [], processes: true });
    const attached = new Set(listAttached(system.files).map(({ name }) => name));
    const names = snapshot.namespaces.flatMap((namespace) =>
      namespace.paths
        .filter((path) => path.startsWith(`${NETNS_DIRECTORY}/`))
        .map((path) => {
          const name = path.slice(NETNS_DIRECTORY.length + 1);
          const container = namespace.containers[0]?.name ?? null;
          return { name, id: namespace.id, container, attached: attached.has(name), pids: namespace.pids };
        }),
    );
    if (context.globals.json) printJson(context, 'netns-ls', snapshot, { names });
    else {
      printTable(context, {
        columns: [
          { title: 'NAME', shrink: 10 },
          { title: 'INODE' },
          { title: 'CONTAINER' },
          { title: 'PIDS', align: 'right' },
          { title: 'ATTACHED BY' },
        ],
        rows: names.map(({ name, id, container, attached: ours, pids }) => ({
          key: name,
          cells: [name, id, container ?? '', String(pids.length), ours ? 'netpeek' : ''],
        })),
        empty: `no names under ${NETNS_DIRECTORY}`,
      });
      printGaps(
        context,
        snapshot,
        snapshot.gaps.filter(({ probe }) => probe === 'netns' || probe.startsWith('netns ')),
      );
    }
    return EXIT.ok;
  },
};
