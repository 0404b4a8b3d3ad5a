/** The routing tables and policy rules of one namespace and family, in the order in which the kernel tries them (net/ipv4/fib_trie.c, net/ipv6/ip6_fib.c). */
import type { Family } from '../../model/address.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { PolicyRule } from '../../model/policy-rule.ts';
import { ROUTES_KEPT, type Route } from '../../model/route.ts';
import { leading, type Prefix, parsePrefix } from './bits.ts';
import { DEFAULT_RULES, isDefault, isPartOfDefault } from './default-rules.ts';

/** Routes by prefix length, longest first, and then by prefix; those of one prefix in the order they are tried. */
export type Table = readonly {
  readonly length: number;
  readonly routes: ReadonlyMap<bigint, readonly Route[]>;
}[];

/** Rules, and the tables they look into. */
export type RuleBook = {
  readonly rules: readonly PolicyRule[];
  readonly tables: ReadonlyMap<string, Table>;
};

export type Fib = {
  readonly family: Family;
  readonly namespace: Namespace;
  readonly links: readonly Link[];
  /**
   * More than one where the snapshot cannot tell which the kernel goes by: until the first rule is changed, IPv4 keeps
   * the tables local and main in one trie, so that a longer prefix of main is preferred to local's (fib_unmerge()).
   */
  readonly books: readonly RuleBook[];
  /** `local` as inet_addr_type() reads it: that trie with main in it, or alone. */
  readonly localTables: readonly Table[];
};

const known = new WeakMap<Namespace, Map<Family, Fib | string>>();

/** The tables; or, as text, why they cannot be relied on. Kept for a namespace, which never changes. */
export function fibOf(namespace: Namespace, family: Family): Fib | string {
  const families = known.get(namespace) ?? new Map<Family, Fib | string>();
  known.set(namespace, families);
  const found = families.get(family) ?? readFib(namespace, family);
  families.set(family, found);
  return found;
}

function readFib(namespace: Namespace, family: Family): Fib | string {
  const { routes: all, links, policyRules } = namespace;
  if (!all) return 'the routes were not read';
  if (!links) return 'the links were not read';
  if (all.length >= ROUTES_KEPT) return 'there are more routes than were read';
  const routes = all.filter((route) => route.family === family);
  const names = [...new Set(routes.map(({ table }) => table))];
  if (!policyRules) {
    // Nearly every namespace has the rules it began with; where nobody filled another table, nobody made a rule for one.
    const others = names.filter((name) => !['local', 'main', 'default'].includes(name));
    if (others.length > 0) return `policy rules may choose table ${others.join(' or ')}; they were not read`;
  }
  const rules = policyRules?.filter((rule) => rule.family === family) ?? DEFAULT_RULES[family];
  const tables = new Map(
    names.map((name) => [
      name,
      tableOf(
        routes.filter(({ table }) => table === name),
        family,
      ),
    ]),
  );
  const apart: RuleBook = { rules, tables };
  const fib = { family, namespace, links };
  const local = tables.get('local') ?? [];
  // IPv6 asks no rules before the first is added: taking default ones away alone changes nothing (fib6_has_custom_rules).
  if (family === 'ipv6' && isPartOfDefault(rules, family) && !isDefault(rules, family))
    return { ...fib, books: [{ ...apart, rules: DEFAULT_RULES.ipv6 }, apart], localTables: [local] };
  if (family === 'ipv6' || !isDefault(rules, family)) return { ...fib, books: [apart], localTables: [local] };
  const merged = mergedBook(apart, routes);
  // In one trie, a `throw` of local's leaves main out as well.
  const throws = routes.some(({ table, type }) => table === 'local' && type === 'throw');
  const differs = throws || overlaps(local, tables.get('main') ?? []);
  return {
    ...fib,
    books: differs ? [merged, apart] : [apart],
    localTables: [local, merged.tables.get('main') ?? []],
  };
}

/** Routes of the table that hold this address, longest prefix first, those of one prefix together. */
export function* coveringRoutes(table: Table, address: bigint, family: Family): Generator<readonly Route[]> {
  for (const { length, routes } of table) {
    const same = routes.get(leading(address, length, family));
    if (same) yield same;
  }
}

function mergedBook({ rules, tables }: RuleBook, routes: readonly Route[]): RuleBook {
  // Of one prefix, the entries of the table with the larger number come first: local is 255, main 254.
  const inOrder = ['local', 'main'].flatMap((name) => routes.filter(({ table }) => table === name));
  return {
    rules: rules.filter(({ table }) => table !== 'local'),
    tables: new Map([...tables, ['main', tableOf(inOrder, 'ipv4', tableFirst)]]),
  };
}

/** Whether main has a longer prefix within one of local's. */
function overlaps(local: Table, main: Table): boolean {
  return main.some(({ length, routes }) =>
    local.some(
      (shorter) =>
        shorter.length < length &&
        [...routes.keys()].some((bits) => shorter.routes.has(bits >> BigInt(length - shorter.length))),
    ),
  );
}

type Order = (left: Route, right: Route) => number;

/** Those that ask for a TOS come first, then the lowest metric; what is equal stays as the kernel listed it. */
const byMetric: Order = (left, right) =>
  (right.tos ?? 0) - (left.tos ?? 0) || (left.metric ?? 0) - (right.metric ?? 0);
const tableFirst: Order = (left, right) =>
  left.table === right.table ? byMetric(left, right) : left.table === 'local' ? -1 : 1;

function tableOf(routes: readonly Route[], family: Family, order: Order = byMetric): Table {
  const lengths = new Map<number, Map<bigint, Route[]>>();
  for (const route of routes) {
    const prefix: Prefix | undefined = parsePrefix(route.destination, family);
    if (!prefix) continue;
    const same = lengths.get(prefix.length) ?? new Map<bigint, Route[]>();
    lengths.set(prefix.length, same);
    const list = same.get(prefix.bits) ?? [];
    same.set(prefix.bits, list);
    list.push(route);
  }
  for (const same of lengths.values()) for (const list of same.values()) list.sort(order);
  return [...lengths]
    .sort(([left], [right]) => right - left)
    .map(([length, found]) => ({ length, routes: found }));
}
