/** What follows from the state: the entries shown, the chosen one, its rows. Pure, so nothing of it is stored. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink } from '../model/snapshot.ts';
import { findProposals, type Proposal } from '../view/destinations.ts';
import type { LinkRate } from '../view/links-table.ts';
import type { TableView } from '../view/table.ts';
import { filterTargets, listTargets, type TargetEntry } from '../view/target-list.ts';
import type { Section } from './messages.ts';
import { findPane } from './panes.ts';
import type { RatePoint } from './rates.ts';
import type { State } from './state.ts';

/** The entries that the filter leaves. */
export function visibleTargets(state: State): readonly TargetEntry[] {
  return state.snapshot === undefined ? [] : filterTargets(listTargets(state.snapshot), state.filter);
}

/** The chosen entry, also while the filter hides it. */
export function chosenTarget(state: State): TargetEntry | undefined {
  if (state.snapshot === undefined) return undefined;
  return listTargets(state.snapshot).find((entry) => entry.key === state.target);
}

/** The namespace that is looked at; a stopped container has none. */
export function chosenNamespace(state: State): Namespace | undefined {
  return chosenTarget(state)?.namespace;
}

/** The visible pane's table; undefined for the diagnosis, and where nothing is chosen. */
export function paneTable(state: State): TableView | undefined {
  const namespace = chosenNamespace(state);
  if (state.snapshot === undefined || namespace === undefined) return undefined;
  return findPane(state.pane).table?.(state.snapshot, namespace, {
    rates: ratesOf(state, namespace),
    baseline: baselineOf(state, namespace),
    ...(state.diagnosis?.result?.kind === 'done' ? { met: state.diagnosis.result.met } : {}),
  });
}

/** The index of the chosen row: the first one until the user chose, or when the chosen one is gone. */
export function chosenRowIndex(state: State, table: TableView): number {
  return Math.max(
    0,
    table.rows.findIndex((row) => row.key === state.rows[state.pane]),
  );
}

/** The link chosen in the Links pane, with what it carries. */
export function chosenLink(
  state: State,
): { readonly link: Link; readonly rate?: LinkRate; readonly history: readonly RatePoint[] } | undefined {
  const namespace = chosenNamespace(state);
  const row = state.rows.links;
  const link = row === undefined ? defaultLink(namespace) : findLink(namespace, Number(row));
  if (namespace === undefined || link === undefined) return undefined;
  const rates = state.rates?.namespaceId === namespace.id ? state.rates : undefined;
  const rate = rates?.rates.get(link.ifindex);
  return { link, history: rates?.history.get(link.ifindex) ?? [], ...(rate === undefined ? {} : { rate }) };
}

/** What the diagnose prompt proposes for the typed text. */
export function proposals(state: State, text: string): readonly Proposal[] {
  const namespace = chosenNamespace(state);
  if (state.snapshot === undefined || namespace === undefined) return [];
  return findProposals(state.snapshot, namespace, text);
}

/** How long ago the facts of the visible pane were read. */
export function paneAgeMs(state: State): number | undefined {
  const namespace = chosenNamespace(state);
  const section: Section = findPane(state.pane).shows;
  const readAt = namespace === undefined ? undefined : state.readAt[namespace.id]?.[section];
  return readAt === undefined ? undefined : Math.max(0, state.nowMs - readAt);
}

/** The row that a fresh Links pane shows: the first link that is not loopback. */
export function defaultLink(namespace: Namespace | undefined): Link | undefined {
  return namespace?.links?.find((link) => link.kind !== 'loopback') ?? namespace?.links?.[0];
}

export function isAttached(state: State, namespace: Namespace): boolean {
  return state.attached.includes(namespace.id);
}

function ratesOf(state: State, namespace: Namespace) {
  return state.rates?.namespaceId === namespace.id ? state.rates.rates : undefined;
}

function baselineOf(state: State, namespace: Namespace) {
  return state.ruleBaseline?.namespaceId === namespace.id ? state.ruleBaseline.counters : undefined;
}
