/**
 * In which orders the kernel may ask the chains of a hook. Of several at one place, it asks first the one that was
 * registered last (nf_hook_entries_grow() in net/netfilter/core.c). That is seen where they belong to one table of
 * nftables, whose handles grow; between tables, or worlds, nobody has written down who came first.
 */
import { placeInHook } from '../../model/hook-order.ts';
import type { BaseChain } from './program.ts';

/** Orders that are tried at most; beyond them only the likeliest and its reverse. */
const MOST_ORDERS = 24;

/** Chains at one place whose orders are looked for: the work grows with the third power of their number. */
const MOST_TIED = 40;

/** At least one; the likeliest first. */
export function hookOrders(chains: readonly BaseChain[]): readonly (readonly BaseChain[])[] {
  let orders: readonly (readonly BaseChain[])[] = [[]];
  for (const group of groupsOf(chains)) {
    const ways = waysOf(group);
    orders =
      orders.length * ways.length <= MOST_ORDERS
        ? orders.flatMap((order) => ways.map((way) => [...order, ...way]))
        : orders.map((order) => [...order, ...(ways[0] ?? group)]);
  }
  return orders;
}

/** Those that share their place with another one. */
export function tiedChains(chains: readonly BaseChain[]): readonly BaseChain[] {
  return groupsOf(chains)
    .filter((group) => waysOf(group).length > 1)
    .flat();
}

/** Chains at one place together, the places in their order. */
function groupsOf(chains: readonly BaseChain[]): readonly (readonly BaseChain[])[] {
  const sorted = chains.toSorted(
    (one, other) => placeInHook(one) - placeInHook(other) || one.priority - other.priority,
  );
  const groups: BaseChain[][] = [];
  for (const chain of sorted) {
    const group = groups.at(-1);
    if (group?.some((other) => isBeside(other, chain))) group.push(chain);
    else groups.push([chain]);
  }
  return groups;
}

/** All orders of chains at one place that respect what is known of them. */
function waysOf(group: readonly BaseChain[]): readonly (readonly BaseChain[])[] {
  const likeliest = group
    .map((chain, index) => ({ chain, index }))
    .toSorted((one, other) => (isAskedBefore(one.chain, other.chain) ? -1 : other.index - one.index))
    .map(({ chain }) => chain);
  if (group.length === 1) return [group];
  if (group.length > MOST_TIED) return isSure(likeliest) ? [likeliest] : [likeliest, likeliest.toReversed()];
  const ways: (readonly BaseChain[])[] = [];
  const extend = (way: readonly BaseChain[], left: readonly BaseChain[]): void => {
    if (ways.length > MOST_ORDERS) return;
    if (left.length === 0) ways.push(way);
    for (const next of left)
      if (!left.some((other) => isAskedBefore(other, next)))
        extend(
          [...way, next],
          left.filter((other) => other !== next),
        );
  };
  extend([], likeliest);
  const [first = likeliest] = ways;
  const last = ways.at(-1);
  return ways.length <= MOST_ORDERS || !last ? ways : [first, first.toReversed()];
}

/** Translating chains have their own priorities among themselves; all together they stand at one place of the hook. */
function isBeside(one: BaseChain, other: BaseChain): boolean {
  if (placeInHook(one) !== placeInHook(other)) return false;
  return one.priority === other.priority || isNat(one) !== isNat(other);
}

function isNat({ type }: BaseChain): boolean {
  return type === 'nat';
}

/** Whether each is surely asked before the one that follows it. */
function isSure(way: readonly BaseChain[]): boolean {
  return way.every((chain, index) => {
    const next = way[index + 1];
    return !next || isAskedBefore(chain, next);
  });
}

/** For sure: both are of one table, and this one was made later. The place of translation is made with the first of its chains. */
function isAskedBefore(one: BaseChain, other: BaseChain): boolean {
  if (isNat(one) !== isNat(other)) return false;
  if (one.priority !== other.priority) return one.priority < other.priority;
  return (
    one.handle !== undefined &&
    other.handle !== undefined &&
    one.world === other.world &&
    one.family === other.family &&
    one.table === other.table &&
    one.handle > other.handle
  );
}
