/** `netpeek find`: who owns an address, a MAC, a link, a port, a process, a container, a network. */
import { EXIT, UserError } from '../model/user-error.ts';
import { type Found, findHits, type Hit } from '../view/find/hits.ts';
import { parseQuery } from '../view/find/query.ts';
import { formatPlural } from '../view/format.ts';
import type { Command } from './command.ts';
import { namespaceOfPid } from './namespace-of-pid.ts';
import { printGaps, printJson, printTable } from './print.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Links that are named as places where an address could be. */
const PLACES_SHOWN = 4;

export const find: Command = {
  name: 'find',
  arguments: '<query>',
  fromFile: true,
  summary:
    'who owns this IP, subnet, MAC, link, ifindex, PID, port (:8080), container (name or id) or Docker network',
  help: 'Examples:\n  netpeek find 172.17.0.2\n  netpeek find 02:42:ac:11:00:02\n  netpeek find :8080           published by a container, or listened on\n  netpeek find 10.0.0.0/8      everybody in there',
  run: async (context, { positional: [text = ''] }) => {
    const query = parseQuery(text);
    const system = await context.openSystem();
    const snapshot = await takeSnapshot(context, system, {
      sections: query.port ? ['links', 'addresses', 'sockets'] : ['links', 'addresses'],
      processes: true,
    });
    const found = findHits(snapshot, query);
    const pid = query.number === undefined ? [] : namespaceOfPid(snapshot, system.files, query.number);
    const hits = [...found.hits, ...pid.filter(() => !found.hits.some(({ kind }) => kind === 'pid'))];
    if (context.globals.json) {
      const { within, searched } = found;
      printJson(context, 'find', snapshot, { query: text, hits, within, searched });
      return hits.length > 0 ? EXIT.ok : EXIT.noTarget;
    }
    if (hits.length === 0) {
      printGaps(context, snapshot);
      throw nobody(text, found);
    }
    printTable(context, hitsTable(hits));
    return EXIT.ok;
  },
};

function nobody(text: string, { within, searched }: Found): UserError {
  const places = within.slice(0, PLACES_SHOWN).join(', ') + (within.length > PLACES_SHOWN ? ', …' : '');
  const where = [
    formatPlural(searched.namespaces, 'namespace'),
    formatPlural(searched.links, 'link'),
    formatPlural(searched.containers, 'container'),
  ].join(', ');
  return new UserError(
    EXIT.noTarget,
    within.length > 0
      ? `nobody here has ${text}, but it lies in the subnet of ${places}`
      : `nobody here owns '${text}'`,
    `searched ${where}`,
  );
}

function hitsTable(hits: readonly Hit[]) {
  return {
    columns: [
      { title: 'MATCH' },
      { title: 'VALUE', shrink: 15 },
      { title: 'NAMESPACE', shrink: 10, cut: 'middle' as const },
      { title: 'LINK', shrink: 8, cut: 'middle' as const, optional: true },
      { title: 'DETAIL', shrink: 20 },
    ],
    rows: hits.map(({ kind, namespace, link, value, detail }, index) => ({
      key: String(index),
      cells: [kind, value, namespace ?? '', link ?? '', detail],
    })),
    empty: '',
  };
}
