/** Moving around: rows, pages, panes, and following a peer, a bridge, a next hop, a chain or a MAC, and back. */
import type { ActionId } from '../keys/actions.ts';
import { fdbOwners } from '../model/fdb-owner.ts';
import type { Namespace } from '../model/namespace.ts';
import { findLink, findNamespace, type Snapshot } from '../model/snapshot.ts';
import { fdbKey } from '../view/fdb-table.ts';
import { findSentenceRule } from '../view/nat-table.ts';
import { neighbourKey } from '../view/neighbours-table.ts';
import { findOwner } from '../view/owners.ts';
import { findJumpKey } from '../view/rule-rows.ts';
import { listTargets } from '../view/target-list.ts';
import { PANES, type PaneId } from './panes.ts';
import { chosenNamespace, chosenRowIndex, defaultLink, paneTable, visibleTargets } from './selectors.ts';
import { notify, type Place, type State } from './state.ts';

/** Steps back that are remembered. */
const LONGEST_HISTORY = 50;

/** Where a movement leads in a list of `count` rows. */
export function moveIndex(action: ActionId, index: number, count: number, page: number): number {
  const targets: Partial<Record<ActionId, number>> = {
    'move-down': index + 1,
    'move-up': index - 1,
    'page-down': index + page,
    'page-up': index - page,
    first: 0,
    last: count - 1,
  };
  return Math.max(0, Math.min(count - 1, targets[action] ?? index));
}

/** Moves in the list. */
export function moveInList(state: State, action: ActionId, page: number): State {
  const entries = visibleTargets(state);
  const index = entries.findIndex((entry) => entry.key === state.target);
  const entry = entries[index < 0 ? 0 : moveIndex(action, index, entries.length, page)];
  return entry === undefined ? state : chooseTarget(state, entry.key);
}

/** Moves in the visible pane. */
export function moveInPane(state: State, action: ActionId, page: number): State {
  if (state.pane === 'diagnosis') return scrollDiagnosis(state, action, page);
  const table = paneTable(state);
  if (table === undefined) return state;
  const row = table.rows[moveIndex(action, currentRowIndex(state, table), table.rows.length, page)];
  return row === undefined ? state : { ...state, rows: { ...state.rows, [state.pane]: row.key } };
}

/** The row that counts as chosen, also before the user chose one. */
export function currentRowIndex(state: State, table = paneTable(state)): number {
  if (table === undefined) return 0;
  if (state.pane === 'links' && state.rows.links === undefined) {
    const link = defaultLink(chosenNamespace(state));
    return Math.max(
      0,
      table.rows.findIndex((row) => row.key === String(link?.ifindex)),
    );
  }
  return chosenRowIndex(state, table);
}

/** Looks at another entry of the list; its rows start anew. */
export function chooseTarget(state: State, target: string): State {
  return target === state.target ? state : { ...state, target, rows: {} };
}

export function cyclePane(state: State, step: 1 | -1): State {
  const index = PANES.findIndex((pane) => pane.id === state.pane);
  const pane = PANES[(index + step + PANES.length) % PANES.length];
  return pane === undefined ? state : { ...state, pane: pane.id };
}

/** Follows the chosen row to where it leads. */
export function follow(state: State): State {
  const destination = findDestination(state);
  if (destination === undefined) return notify(state, 'info', 'nothing to follow from this row');
  const row = paneTable(state)?.rows[currentRowIndex(state)]?.key;
  const here: Place = { target: state.target, pane: state.pane, row };
  return goTo({ ...state, history: [...state.history, here].slice(-LONGEST_HISTORY) }, destination);
}

/** Back to the place before; to the list where there is none. */
export function goBack(state: State): State {
  const place = state.history.at(-1);
  if (place === undefined) return { ...state, focus: 'list' };
  return goTo({ ...state, history: state.history.slice(0, -1) }, place);
}

/** A filter that hides the place is cleared: the list always shows what is looked at. */
function goTo(state: State, place: Place): State {
  const chosen = chooseTarget(state, place.target);
  const rows = place.row === undefined ? chosen.rows : { ...chosen.rows, [place.pane]: place.row };
  const there: State = { ...chosen, pane: place.pane, rows, focus: 'pane' };
  const isVisible = visibleTargets(there).some((entry) => entry.key === place.target);
  return isVisible ? there : { ...there, filter: '' };
}

function findDestination(state: State): Place | undefined {
  const { snapshot } = state;
  const namespace = chosenNamespace(state);
  const key = paneTable(state)?.rows[currentRowIndex(state)]?.key;
  if (snapshot === undefined || namespace === undefined || key === undefined) return undefined;
  switch (state.pane) {
    case 'links':
      return followLink(state, snapshot, namespace, Number(key));
    case 'routes':
      return followRoute(state, snapshot, namespace);
    case 'neighbours': {
      const neighbour = namespace.neighbours?.find((candidate) => neighbourKey(candidate) === key);
      return neighbour === undefined ? undefined : ownerPlace(snapshot, neighbour.address, neighbour.mac);
    }
    case 'nat':
    case 'firewall': {
      const row = findSentenceRule(snapshot, namespace, key) ?? findJumpKey(namespace, key);
      return row === undefined ? undefined : { target: state.target, pane: state.pane, row };
    }
    case 'fdb': {
      const entry = namespace.fdb?.find((candidate) => fdbKey(candidate) === key);
      const owner = entry && fdbOwners(snapshot)(namespace, entry).owner;
      const there = owner ? findNamespace(snapshot, owner.namespace) : undefined;
      return owner && there ? linkPlace(snapshot, there, owner.ifindex) : undefined;
    }
    default:
      return undefined;
  }
}

/** A link leads to its peer; when we came from the peer, on to its bridge. */
function followLink(
  state: State,
  snapshot: Snapshot,
  namespace: Namespace,
  ifindex: number,
): Place | undefined {
  const link = findLink(namespace, ifindex);
  const peerNamespace =
    link?.peer === null || link === undefined ? undefined : findNamespace(snapshot, link.peer.namespace);
  const peer =
    peerNamespace === undefined || !link?.peer
      ? undefined
      : linkPlace(snapshot, peerNamespace, link.peer.ifindex);
  const bridge = link?.master ? linkPlace(snapshot, namespace, link.master.ifindex) : undefined;
  const cameFrom = state.history.at(-1);
  const isWhereWeWere =
    peer !== undefined &&
    cameFrom?.target === peer.target &&
    cameFrom.row === peer.row &&
    bridge !== undefined;
  return isWhereWeWere ? bridge : (peer ?? bridge);
}

/** A route leads to the owner of its next hop, else to the link it leaves by. */
function followRoute(state: State, snapshot: Snapshot, namespace: Namespace): Place | undefined {
  const cells = paneTable(state)?.rows[currentRowIndex(state)]?.cells ?? [];
  const gateway = cells[1]?.split(' ')[0] ?? '';
  const owner = gateway === '' ? undefined : ownerPlace(snapshot, gateway);
  if (owner !== undefined) return owner;
  const link = namespace.links?.find((candidate) => candidate.name === cells[2]);
  return link === undefined ? undefined : linkPlace(snapshot, namespace, link.ifindex);
}

function ownerPlace(snapshot: Snapshot, address: string, mac?: string): Place | undefined {
  const owner = findOwner(snapshot, address, mac);
  return owner === undefined ? undefined : linkPlace(snapshot, owner.namespace, owner.link.ifindex);
}

function linkPlace(snapshot: Snapshot, namespace: Namespace, ifindex: number): Place | undefined {
  const entry = listTargets(snapshot).find((candidate) => candidate.namespace?.id === namespace.id);
  const pane: PaneId = 'links';
  return entry === undefined ? undefined : { target: entry.key, pane, row: String(ifindex) };
}

function scrollDiagnosis(state: State, action: ActionId, page: number): State {
  if (state.diagnosis === undefined) return state;
  const top = action === 'last' ? Number.MAX_SAFE_INTEGER : moveIndex(action, state.diagnosis.top, FAR, page);
  return { ...state, diagnosis: { ...state.diagnosis, top: Math.min(top, FAR) } };
}

/** Longer than any diagnosis: the pane shows its last page when asked for more. */
const FAR = 10_000;
