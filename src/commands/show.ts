/** `netpeek show`: the tables of one namespace. */

import { effectiveSysctls } from '../model/effective-sysctls.ts';
import type { Section } from '../model/facts.ts';
import { joinGaps } from '../model/gap.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { addressesTable } from '../view/addresses-table.ts';
import { conntrackTable } from '../view/conntrack-table.ts';
import { dnsTable } from '../view/dns-table.ts';
import { fdbJson, fdbTable } from '../view/fdb-table.ts';
import { firewallTable } from '../view/firewall-table.ts';
import { gapsOf } from '../view/json/document.ts';
import { linkJson } from '../view/json/namespace.ts';
import { linksTable } from '../view/links-table.ts';
import { natTable, translationsJson } from '../view/nat-table.ts';
import { neighboursTable } from '../view/neighbours-table.ts';
import { policyRulesTable } from '../view/policy-rules-table.ts';
import { routesTable } from '../view/routes-table.ts';
import { socketsTable } from '../view/sockets-table.ts';
import { sysctlsTable } from '../view/sysctls-table.ts';
import type { TableView } from '../view/table.ts';
import { trafficControlTable } from '../view/tc-table.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printTable } from './print.ts';
import { requireTarget } from './require-target.ts';
import { readTables, takeSnapshot } from './take-snapshot.ts';

/** A section of `show`: the facts it needs, its table, and its part of the JSON document. */
type ShownSection = {
  readonly name: string;
  readonly reads: readonly Section[];
  readonly table: (snapshot: Snapshot, namespace: Namespace, all: boolean) => TableView;
  readonly json: (namespace: Namespace, snapshot: Snapshot) => unknown;
  /** Further members of the document. */
  readonly more?: (namespace: Namespace, snapshot: Snapshot) => Readonly<Record<string, unknown>>;
};

export const shownSections: readonly ShownSection[] = [
  {
    name: 'links',
    reads: ['links', 'addresses'],
    table: (snapshot, namespace) => linksTable(snapshot, namespace),
    json: ({ links }) => links?.map(linkJson),
  },
  {
    name: 'addresses',
    reads: ['links', 'addresses'],
    table: (snapshot, namespace) => addressesTable(snapshot, namespace),
    json: ({ addresses }) => addresses,
  },
  {
    name: 'routes',
    reads: ['links', 'addresses', 'routes'],
    table: (snapshot, namespace, all) => routesTable(snapshot, namespace, { local: all }),
    json: ({ routes }) => routes,
  },
  {
    name: 'rules',
    reads: ['policyRules'],
    table: (snapshot, namespace) => policyRulesTable(snapshot, namespace),
    json: ({ policyRules }) => policyRules,
  },
  {
    name: 'neighbours',
    reads: ['links', 'addresses', 'neighbours'],
    table: (snapshot, namespace) => neighboursTable(snapshot, namespace),
    json: ({ neighbours }) => neighbours,
  },
  {
    name: 'fdb',
    reads: ['links', 'fdb'],
    table: (snapshot, namespace) => fdbTable(snapshot, namespace),
    json: (namespace, snapshot) => fdbJson(snapshot, namespace),
  },
  {
    name: 'tc',
    reads: ['links', 'trafficControl'],
    table: (snapshot, namespace) => trafficControlTable(snapshot, namespace),
    json: ({ trafficControl }) => trafficControl,
  },
  {
    name: 'nat',
    reads: ['links', 'rulesets', 'conntrack', 'sockets'],
    table: (snapshot, namespace) => natTable(snapshot, namespace),
    json: ({ rulesets }) =>
      rulesets?.flatMap(({ family, flavour, tables }) =>
        tables.filter(({ name }) => name === 'nat').map(({ chains }) => ({ family, flavour, chains })),
      ),
    more: (namespace, snapshot) => ({ translations: translationsJson(snapshot, namespace) ?? null }),
  },
  {
    name: 'firewall',
    reads: ['links', 'rulesets'],
    table: (snapshot, namespace) => firewallTable(snapshot, namespace),
    json: ({ rulesets }) => rulesets,
    more: ({ nftables }) => ({ nftables: nftables ?? null }),
  },
  {
    name: 'conntrack',
    reads: ['links', 'conntrack'],
    table: (snapshot, namespace) => conntrackTable(snapshot, namespace),
    json: ({ conntrack }) => conntrack,
  },
  {
    name: 'sockets',
    reads: ['links', 'sockets'],
    table: (snapshot, namespace) => socketsTable(snapshot, namespace),
    json: ({ sockets }) => sockets,
  },
  {
    name: 'dns',
    reads: ['resolver'],
    table: (snapshot, namespace) => dnsTable(snapshot, namespace),
    json: ({ resolver }) => resolver,
  },
  {
    name: 'sysctls',
    reads: ['sysctls'],
    table: (snapshot, namespace, all) => sysctlsTable(snapshot, namespace, { defaults: all }),
    json: ({ sysctls }) => sysctls && { values: sysctls, effective: effectiveSysctls(sysctls) },
  },
];

/** What is shown where no section is named. */
const DEFAULT_SECTIONS = ['links', 'routes', 'neighbours'];

export const show: Command = {
  name: 'show',
  arguments: '<target> [sections...]',
  fromFile: true,
  summary: `the tables of one namespace: ${shownSections.map(({ name }) => name).join(', ')}`,
  options: [{ flags: '-a, --all', description: 'routes of the table local, and default sysctls, too' }],
  run: async (context, { positional: [target = '', ...names], options }) => {
    const chosen = (names.length > 0 ? names : DEFAULT_SECTIONS).map(findSection);
    const system = await context.openSystem();
    const wiring = await takeSnapshot(context, system, {
      sections: ['links', 'addresses'],
      processes: true,
    });
    const found = requireTarget(wiring, target, system.files);
    const sections = new Set(chosen.flatMap(({ reads }) => reads));
    const { namespace, gaps } = await readTables(context, system, found.namespace, [...sections]);
    const snapshot = withNamespace(wiring, namespace, joinGaps(gapsOf(wiring, [namespace]), gaps));
    if (context.globals.json) {
      const parts = chosen.map(({ name, json }) => [name, json(namespace, snapshot) ?? null]);
      const more = chosen.flatMap((section) => Object.entries(section.more?.(namespace, snapshot) ?? {}));
      const body = { target: namespace.name, id: namespace.id, ...Object.fromEntries([...parts, ...more]) };
      printJson(context, 'show', snapshot, body);
      return EXIT.ok;
    }
    for (const [index, section] of chosen.entries()) {
      if (index > 0) context.out.line('');
      if (chosen.length > 1) context.out.line(`${namespace.name} · ${section.name}`);
      printTable(context, section.table(snapshot, namespace, options.all === true));
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
