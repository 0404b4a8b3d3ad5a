/** Firewall rules at two times: by their text and order, whatever they counted. */
import type { Difference } from '../../model/difference.ts';
import type { Ruleset } from '../../model/firewall.ts';
import { type ComparedRow, diffRows } from './table.ts';

/** Pairs of rules that are looked at to find the fewest changes of one chain; beyond, order within the chain is not compared. */
const PAIRS_LIMIT = 4_000_000;

/** Chains that came, went or got another policy, and the rules that differ. */
export function diffRulesets(
  namespace: string,
  before: readonly Ruleset[],
  after: readonly Ruleset[],
): readonly Difference[] {
  // A flavour without a ruleset was not read: nothing can be said of its chains.
  const [old, fresh] = [chainsOf(readIn(before, after)), chainsOf(readIn(after, before))];
  const rows = (chains: typeof old) => [...chains.values()].map(({ row }) => row);
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  const rules = names.flatMap((name) =>
    diffTexts(old.get(name)?.rules ?? [], fresh.get(name)?.rules ?? []).map(
      ([change, text]): Difference => ({
        change,
        kind: 'rule',
        namespace,
        what: `${name.split(' ').slice(0, 3).join(' ')} ${text}`,
        fields: [],
      }),
    ),
  );
  return [...diffRows({ kind: 'chain', namespace }, rows(old), rows(fresh)), ...rules];
}

type ComparedChain = { readonly row: ComparedRow; readonly rules: readonly string[] };

/** Such as `ipv6 legacy rules`: those that only one of the two has read. */
export function rulesOfOne(before: readonly Ruleset[], after: readonly Ruleset[]): readonly string[] {
  const paired = new Set([...readIn(before, after), ...readIn(after, before)]);
  return [...before, ...after]
    .filter((ruleset) => !paired.has(ruleset))
    .map(({ family, flavour }) => `${family} ${flavour} rules`);
}

function readIn(rulesets: readonly Ruleset[], others: readonly Ruleset[]): readonly Ruleset[] {
  return rulesets.filter(({ family, flavour }) =>
    others.some((other) => other.family === family && other.flavour === flavour),
  );
}

/** By `ipv4 nft nat DOCKER`. Lines that were not understood are compared as they are. */
function chainsOf(rulesets: readonly Ruleset[]): ReadonlyMap<string, ComparedChain> {
  const chains = new Map<string, ComparedChain>();
  for (const { family, flavour, tables, unparsed } of rulesets) {
    for (const { name: table, chains: inTable } of tables)
      for (const { name, policy, rules } of inTable) {
        const identity = `${family} ${flavour} ${table} ${name}`;
        const row = { identity, what: identity, fields: { policy: policy ?? null } };
        chains.set(identity, { row, rules: rules.map(({ text }) => text) });
      }
    if (unparsed.length > 0) {
      const identity = `${family} ${flavour} other`;
      chains.set(identity, { row: { identity, what: identity, fields: {} }, rules: unparsed });
    }
  }
  return chains;
}

/** The fewest texts to take out and put in, so that one list becomes the other (longest common subsequence). */
export function diffTexts(
  before: readonly string[],
  after: readonly string[],
): readonly (readonly ['added' | 'removed', string])[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const old = before.slice(start, before.length - end);
  const fresh = after.slice(start, after.length - end);
  return old.length * fresh.length > PAIRS_LIMIT ? diffBags(old, fresh) : diffLists(old, fresh);
}

function diffLists(old: readonly string[], fresh: readonly string[]) {
  const width = fresh.length + 1;
  // Length of the longest common subsequence of what follows each pair of positions.
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = fresh.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const changes: (readonly ['added' | 'removed', string])[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      i += 1;
      j += 1;
    } else if (j >= fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      changes.push(['removed', old[i] ?? '']);
      i += 1;
    } else {
      changes.push(['added', fresh[j] ?? '']);
      j += 1;
    }
  }
  return changes;
}

function diffBags(old: readonly string[], fresh: readonly string[]) {
  const counts = new Map<string, number>();
  for (const text of old) counts.set(text, (counts.get(text) ?? 0) + 1);
  const added = fresh.filter((text) => {
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return left <= 0;
  });
  const removed = [...counts].flatMap(([text, left]) =>
    Array.from({ length: Math.max(0, left) }, () => text),
  );
  return [
    ...removed.map((text) => ['removed', text] as const),
    ...added.map((text) => ['added', text] as const),
  ];
}
