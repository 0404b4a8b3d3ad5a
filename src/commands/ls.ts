/** `netpeek ls`: one row per link. */

import { EXIT } from '../model/user-error.ts';
import { gapsOf } from '../view/json/document.ts';
import { namespaceJson } from '../view/json/namespace.ts';
import { lsTable } from '../view/ls-table.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printTable } from './print.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const ls: Command = {
  name: 'ls',
  arguments: '[targets...]',
  fromFile: true,
  summary: 'one row per link of each target: namespace, link, state, addresses, peer, bridge, Docker network',
  options: [{ flags: '-a, --all', description: 'loopback links and the namespaces of plain processes too' }],
  run: async (context, { positional, options }) => {
    const system = await context.openSystem();
    const all = options.all === true;
    const snapshot = await takeSnapshot(context, system, {
      sections: ['links', 'addresses'],
      processes: true,
    });
    const targets = positional.map((text) => requireTarget(snapshot, text, system.files));
    const chosen =
      targets.length > 0
        ? [...new Set(targets.map(({ namespace }) => namespace))]
        : snapshot.namespaces.filter((namespace) => all || isWorthARow(namespace));
    const gaps = targets.length > 0 ? gapsOf(snapshot, chosen) : snapshot.gaps;
    if (context.globals.json)
      printJson(context, 'ls', { ...snapshot, gaps }, { namespaces: chosen.map(namespaceJson) });
    else {
      const links = targets.flatMap(({ link }) => (link ? [link] : []));
      const shown =
        links.length > 0
          ? chosen.map((one) => ({ ...one, links: one.links?.filter((link) => links.includes(link)) ?? [] }))
          : chosen;
      printTable(context, lsTable(snapshot, { namespaces: shown, loopback: all || links.length > 0 }));
      printGaps(context, snapshot, gaps);
    }
    return EXIT.ok;
  },
};

/** A process that only has a loopback link of its own (a sandboxed service, say) would be noise without --all. */
function isWorthARow({ kind, links }: { kind: string; links?: readonly { kind: string }[] }): boolean {
  return kind !== 'process' || links === undefined || links.some((link) => link.kind !== 'loopback');
}
