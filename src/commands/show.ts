/** `netpeek show`: the tables of one namespace. */
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { TableView } from '../view/table.ts';
import type { Command } from './command.ts';

/** A section of `show`: the facts it needs, its table, and its part of the JSON document. */
type ShownSection = {
  readonly name: string;
  readonly reads: readonly Section[];
  readonly table: (snapshot: Snapshot, namespace: Namespace) => Promise<TableView>;
  readonly json: (namespace: Namespace) => Promise<unknown>;
};

const shownSections: readonly ShownSection[] = [
  {
    name: 'links',
    reads: ['links', 'addresses'],
    table: async (snapshot, namespace) =>
      (await import('../view/links-table.ts')).linksTable(snapshot, namespace),
    json: async ({ links }) => links?.map((await import('../view/json/namespace.ts')).linkJson),
  },
  {
    name: 'addresses',
    reads: ['links', 'addresses'],
    table: async (snapshot, namespace) =>
      (await import('../view/addresses-table.ts')).addressesTable(snapshot, namespace),
    json: async ({ addresses }) => addresses,
  },
  {
    name: 'routes',
    reads: ['links', 'addresses', 'routes'],
    table: async (snapshot, namespace) =>
      (await import('../view/routes-table.ts')).routesTable(snapshot, namespace),
    json: async ({ routes }) => routes,
  },
  {
    name: 'neighbours',
    reads: ['links', 'addresses', 'neighbours'],
    table: async (snapshot, namespace) =>
      (await import('../view/neighbours-table.ts')).neighboursTable(snapshot, namespace),
    json: async ({ neighbours }) => neighbours,
  },
  {
    name: 'nat',
    reads: ['links', 'rulesets'],
    table: async (snapshot, namespace) =>
      (await import('../view/nat-table.ts')).natTable(snapshot, namespace),
    json: async ({ rulesets }) =>
      rulesets?.flatMap(({ family, flavour, tables }) =>
        tables.filter(({ name }) => name === 'nat').map(({ chains }) => ({ family, flavour, chains })),
      ),
  },
];

/** What is shown where no section is named. */
const DEFAULT_SECTIONS = ['links', 'routes', 'neighbours'];

export const show: Command = {
  name: 'show',
  arguments: '<target> [sections...]',
  summary: `the tables of one namespace: ${shownSections.map(({ name }) => name).join(', ')}`,
  options: [{ flags: '-s, --stats', description: 'link counters too (JSON)' }],
  run: async (context, { positional: [target = '', ...names], options }) => {
    const chosen = (names.length > 0 ? names : DEFAULT_SECTIONS).map(findSection);
    const [{ takeSnapshot }, { requireTarget }, { printGaps, printJson, printTable }, { gapsOf }] =
      await Promise.all([
        import('./take-snapshot.ts'),
        import('./require-target.ts'),
        import('./print.ts'),
        import('../view/json/document.ts'),
      ]);
    const system = await context.openSystem();
    const wiring = await takeSnapshot(context, system, {
      sections: ['links', 'addresses'],
      processes: true,
      stats: options.stats === true,
    });
    const found = requireTarget(wiring, target, system.files);
    const { refreshNamespace } = await import('../discover/refresh.ts');
    const sections = new Set(chosen.flatMap(({ reads }) => reads));
    const { namespace, gaps } = await refreshNamespace(system, found.namespace, [...sections]);
    const snapshot = withNamespace(wiring, namespace, [...gapsOf(wiring, [namespace]), ...gaps]);
    if (context.globals.json) {
      const parts = await Promise.all(
        chosen.map(async ({ name, json }) => [name, (await json(namespace)) ?? null]),
      );
      const body = { target: namespace.name, id: namespace.id, ...Object.fromEntries(parts) };
      printJson(context, 'show', snapshot, body);
      return EXIT.ok;
    }
    for (const [index, section] of chosen.entries()) {
      if (index > 0) context.out.line('');
      if (chosen.length > 1) context.out.line(`${namespace.name} · ${section.name}`);
      printTable(context, await section.table(snapshot, namespace));
    }
    printGaps(context, snapshot);
    return EXIT.ok;
  },
};

function findSection(name: string): ShownSection {
  const found = shownSections.find((section) => section.name === name || section.name === `${name}s`);
  if (found) return found;
  const known = shownSections.map((section) => section.name).join(', ');
  throw new UserError(EXIT.usage, `there is no section '${name}'`, `choose from ${known}`);
}

function withNamespace(snapshot: Snapshot, fresh: Namespace, gaps: Snapshot['gaps']): Snapshot {
  return {
    ...snapshot,
    gaps,
    namespaces: snapshot.namespaces.map((one) => (one.id === fresh.id ? fresh : one)),
  };
}
