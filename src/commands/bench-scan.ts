import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** One full reading of the tables that every comparable tool reads; bench/scan.ts times it. */
export const benchScan: Command = {
  name: 'bench-scan',
  summary: 'reads links, addresses, routes and neighbours of every namespace and counts them',
  hidden: true,
  run: async (context) => {
    const system = await context.openSystem();
    const sections = ['links', 'addresses', 'routes', 'neighbours'] as const;
    const { namespaces, gaps } = await takeSnapshot(context, system, { sections, processes: true });
    const count = (name: (typeof sections)[number]) =>
      namespaces.reduce((sum, namespace) => sum + (namespace[name]?.length ?? 0), 0);
    const counts = Object.fromEntries(sections.map((name) => [name, count(name)]));
    const unpaired = namespaces.flatMap(({ links }) =>
      (links ?? []).filter(({ peerUnknown }) => peerUnknown),
    ).length;
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    context.out.line(
      JSON.stringify({ namespaces: namespaces.length, ...counts, unpaired, gaps: gaps.length, peakMiB }),
    );
    return EXIT.ok;
  },
};
