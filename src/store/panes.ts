/** The panes on the right, in the order of their keys: the facts that each one needs fresh, and its table. */
import type { MetRule } from '../model/met-rule.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { conntrackTable } from '../view/conntrack-table.ts';
import { dnsTable } from '../view/dns-table.ts';
import { fdbTable } from '../view/fdb-table.ts';
import { firewallTable } from '../view/firewall-table.ts';
import { type LinkRate, linksTable } from '../view/links-table.ts';
import { natTable } from '../view/nat-table.ts';
import { neighboursTable } from '../view/neighbours-table.ts';
import { policyRulesTable } from '../view/policy-rules-table.ts';
import { routesTable } from '../view/routes-table.ts';
import type { CounterBaseline } from '../view/rule-rows.ts';
import { socketsTable } from '../view/sockets-table.ts';
import { sysctlsTable } from '../view/sysctls-table.ts';
import type { TableView } from '../view/table.ts';
import { trafficControlTable } from '../view/tc-table.ts';
import type { Section } from './messages.ts';

export type PaneId =
  | 'links'
  | 'routes'
  | 'neighbours'
  | 'nat'
  | 'firewall'
  | 'conntrack'
  | 'sockets'
  | 'dns'
  | 'diagnosis'
  | 'rules'
  | 'fdb'
  | 'tc'
  | 'sysctls';

/** What only looking for a while can tell. */
export type Watched = {
  readonly rates: ReadonlyMap<number, LinkRate> | undefined;
  readonly baseline: CounterBaseline | undefined;
  /** The rules that a chosen flow meets. */
  readonly met?: readonly MetRule[];
};

export type Pane = {
  readonly id: PaneId;
  readonly title: string;
  /** For narrow terminals. */
  readonly shortTitle: string;
  readonly sections: readonly Section[];
  /** The section whose age the pane shows. */
  readonly shows: Section;
  /** Its rows lead somewhere: to a peer, a next hop, a chain. */
  readonly leads?: boolean;
  /** Absent for the diagnosis, which is no table. */
  readonly table?: (snapshot: Snapshot, namespace: Namespace, watched: Watched) => TableView;
};

/** Links and their addresses stay fresh under every pane: the wiring line and the rates need them. */
const ALWAYS: readonly Section[] = ['links', 'addresses'];

/** A pane that is the table of one section. */
function tablePane(
  { id, title, shortTitle = title, leads = false }: Named,
  shows: Section,
  table: NonNullable<Pane['table']>,
): Pane {
  return { id, title, shortTitle, leads, sections: [...ALWAYS, shows], shows, table };
}

type Named = Pick<Pane, 'id' | 'title' | 'leads'> & { readonly shortTitle?: string };

/** The first nine have a number. */
export const PANES: readonly Pane[] = [
  {
    id: 'links',
    title: 'Links',
    shortTitle: 'Links',
    sections: ALWAYS,
    shows: 'links',
    leads: true,
    table: (snapshot, namespace, { rates }) => linksTable(snapshot, namespace, rates),
  },
  tablePane({ id: 'routes', title: 'Routes', leads: true }, 'routes', (snapshot, namespace) =>
    routesTable(snapshot, namespace),
  ),
  tablePane(
    { id: 'neighbours', title: 'Neighbours', shortTitle: 'Neigh', leads: true },
    'neighbours',
    neighboursTable,
  ),
  {
    id: 'nat',
    title: 'NAT',
    shortTitle: 'NAT',
    // Who is translated now, and which ports Docker's proxy takes.
    sections: [...ALWAYS, 'rulesets', 'conntrack', 'sockets'],
    shows: 'rulesets',
    leads: true,
    table: (snapshot, namespace, { baseline }) => natTable(snapshot, namespace, baseline),
  },
  tablePane(
    { id: 'firewall', title: 'Firewall', leads: true },
    'rulesets',
    (snapshot, namespace, { baseline, met }) => firewallTable(snapshot, namespace, baseline, met),
  ),
  tablePane({ id: 'conntrack', title: 'Conntrack', shortTitle: 'Conn' }, 'conntrack', conntrackTable),
  tablePane({ id: 'sockets', title: 'Sockets' }, 'sockets', socketsTable),
  tablePane({ id: 'dns', title: 'DNS' }, 'resolver', dnsTable),
  { id: 'diagnosis', title: 'Diagnosis', shortTitle: 'Diag', sections: ALWAYS, shows: 'links' },
  tablePane({ id: 'rules', title: 'Rules' }, 'policyRules', policyRulesTable),
  tablePane({ id: 'fdb', title: 'FDB', leads: true }, 'fdb', fdbTable),
  tablePane({ id: 'tc', title: 'TC' }, 'trafficControl', trafficControlTable),
  // What links made later will begin with is for `show --all`: here it would hide what counts.
  tablePane({ id: 'sysctls', title: 'Sysctls' }, 'sysctls', (snapshot, namespace) =>
    sysctlsTable(snapshot, namespace, { defaults: false }),
  ),
];

export function findPane(id: PaneId): Pane {
  const pane = PANES.find((candidate) => candidate.id === id);
  if (pane === undefined) throw new Error(`no pane ${id}`);
  return pane;
}
