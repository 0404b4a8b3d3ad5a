/** Tables of nftables at two times: chains, rules by their text and order, and what named sets hold. */
import type { Difference } from '../../model/difference.ts';
import type { NftElement, NftExpression, NftSet, NftTable, NftVerdict } from '../../model/nftables.ts';
import { diffTexts } from './rules.ts';
import { type ComparedRow, diffRows } from './table.ts';

/** Chains and sets that came, went or have another hook, priority or policy, and the rules and elements that differ. */
export function diffNftables(
  namespace: string,
  before: readonly NftTable[],
  after: readonly NftTable[],
): readonly Difference[] {
  const [old, fresh] = [partsOf(before), partsOf(after)];
  const rows = (parts: typeof old) => [...parts.values()].map(({ row }) => row);
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  const texts = names.flatMap((name) =>
    diffTexts(old.get(name)?.texts ?? [], fresh.get(name)?.texts ?? []).map(
      ([change, text]): Difference => ({
        change,
        kind: 'rule',
        namespace,
        what: `${name} ${text}`,
        fields: [],
      }),
    ),
  );
  return [...diffRows({ kind: 'chain', namespace }, rows(old), rows(fresh)), ...texts];
}

type Part = { readonly row: ComparedRow; readonly texts: readonly string[] };

/** Where a table could not be read at one time, only those that were read at both. */
export function readAtBoth(one: readonly NftTable[], other: readonly NftTable[]): readonly NftTable[] {
  return one.filter((table) =>
    other.some(({ family, name }) => family === table.family && name === table.name),
  );
}

/** By `inet fw input` and `inet fw @addresses`. */
function partsOf(tables: readonly NftTable[]): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const add = (identity: string, texts: readonly string[], fields: ComparedRow['fields'] = {}) =>
    parts.set(identity, { row: { identity, what: identity, fields }, texts });
  for (const { family, name: table, flags, chains, sets, unparsed } of tables) {
    const dormant = flags.includes('dormant');
    for (const { name, base, rules } of chains)
      add(
        `${family} ${table} ${name}`,
        rules.map(({ text }) => text),
        {
          hook: base?.hook ?? null,
          priority: base ? `${base.priority}` : null,
          policy: base?.policy ?? null,
          dormant: dormant ? 'yes' : 'no',
        },
      );
    for (const set of sets) add(`${family} ${table} @${set.name}`, elementsOf(set));
    if (unparsed.length > 0) add(`${family} ${table} other`, unparsed);
  }
  return parts;
}

/** What comes and goes by time is no change that anybody made. */
function elementsOf({ flags, elements }: NftSet): readonly string[] {
  return flags.includes('timeout') ? [] : elements.map(elementText).sort();
}

function elementText({ key, value }: NftElement): string {
  return value === undefined ? expressionText(key) : `${expressionText(key)} : ${valueText(value)}`;
}

function valueText(value: NftExpression | NftVerdict): string {
  switch (value.kind) {
    case 'jump':
    case 'goto':
      return `${value.kind} ${value.chain}`;
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return value.kind;
    default:
      return expressionText(value);
  }
}

/** As nft writes it, of what stands in sets. */
function expressionText(expression: NftExpression): string {
  switch (expression.kind) {
    case 'value':
      return String(expression.value);
    case 'prefix':
      return `${expression.address}/${expression.length}`;
    case 'range':
      return `${expressionText(expression.first)}-${expressionText(expression.last)}`;
    case 'concat':
      return expression.parts.map(expressionText).join(' . ');
    default:
      return JSON.stringify(expression);
  }
}
