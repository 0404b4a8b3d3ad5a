/** The tables of nftables that translate, as branches (nft(8)): an element of a verdict map is a branch of its rule. */

import type { Namespace } from '../../model/namespace.ts';
import type {
  NftExpression,
  NftRule,
  NftSet,
  NftStatement,
  NftTable,
  NftVerdict,
} from '../../model/nftables.ts';
import { listChains } from '../rules/chains.ts';
import type { Condition } from './condition.ts';
import { conditionsOf, keyConditions } from './nft-condition.ts';
import type { Action, Branch, Ending, NatTable } from './program.ts';

/** Elements of one verdict map that are followed; beyond, the rule is not. */
const MOST_ELEMENTS = 2_000;

/** Undefined for a table without a base chain that translates, and for a dormant one. */
export function nftNatTable(namespace: Namespace, table: NftTable): NatTable | undefined {
  if (table.flags.includes('dormant') || !table.chains.some(({ base }) => base?.type === 'nat'))
    return undefined;
  const shown = new Map(
    listChains(namespace)
      .filter((one) => one.world === 'nft' && one.family === table.family && one.table === table.name)
      .map((chain) => [chain.name, chain] as const),
  );
  return new Map(
    table.chains.flatMap(({ name, rules }) => {
      const chain = shown.get(name);
      const joined = chain?.rules.flatMap((rule, index) => {
        const source = rules[index];
        return source ? [{ rule, branches: branchesOf(source, table.sets) }] : [];
      });
      return chain && joined ? [[name, { chain, rules: joined }] as const] : [];
    }),
  );
}

/** Parts of a rule take effect from left to right: what stands behind its end is never reached. */
function branchesOf({ statements }: NftRule, sets: readonly NftSet[]): readonly Branch[] {
  const conditions: Condition[] = [];
  for (const statement of statements) {
    if (statement.kind === 'vmap') return vmapBranches(statement, conditions, sets);
    const ending = endingOf(statement);
    if (ending) return [{ conditions, ending }];
    conditions.push(...askedBy(statement, sets));
  }
  return [];
}

function askedBy(statement: NftStatement, sets: readonly NftSet[]): readonly Condition[] {
  switch (statement.kind) {
    case 'match':
      return conditionsOf(statement, sets);
    case 'passing':
    case 'mangle':
    case 'notrack':
      return [];
    case 'update':
      return statement.metered ? [{ kind: 'other', text: statement.kind }] : [];
    default:
      return [{ kind: 'other', text: statement.kind }];
  }
}

function endingOf(statement: NftStatement): Ending | undefined {
  if (statement.kind === 'verdict') return verdictEnding(statement.verdict);
  if (statement.kind === 'nat') return { kind: 'translate', action: actionOf(statement) };
  return statement.kind === 'reject' ? { kind: 'drop' } : undefined;
}

function verdictEnding(verdict: NftVerdict): Ending | undefined {
  if (verdict.kind === 'continue') return undefined;
  if (verdict.kind === 'jump' || verdict.kind === 'goto') return { kind: verdict.kind, chain: verdict.chain };
  return { kind: verdict.kind };
}

function vmapBranches(
  { key, data }: Extract<NftStatement, { kind: 'vmap' }>,
  conditions: readonly Condition[],
  sets: readonly NftSet[],
): readonly Branch[] {
  const elements =
    data.kind === 'set'
      ? data.elements
      : data.kind === 'set-name'
        ? (sets.find(({ name }) => name === data.name)?.elements ?? [])
        : [];
  return elements.slice(0, MOST_ELEMENTS).flatMap((element): readonly Branch[] => {
    const { value } = element;
    const ending = isVerdict(value) ? verdictEnding(value) : undefined;
    return ending ? [{ conditions: [...conditions, ...keyConditions(key, element)], ending }] : [];
  });
}

const VERDICTS: ReadonlySet<string> = new Set(['accept', 'drop', 'return', 'continue', 'jump', 'goto']);

function isVerdict(value: NftExpression | NftVerdict | undefined): value is NftVerdict {
  return value !== undefined && VERDICTS.has(value.kind);
}

function actionOf({ how, address, port, flags }: Extract<NftStatement, { kind: 'nat' }>): Action {
  const to = address && textOf(address);
  const ports = port && textOf(port);
  if ((address && to === undefined) || (port && ports === undefined)) return { how: 'unclear' };
  const isNetmap = flags.includes('netmap') || address?.kind === 'prefix';
  return {
    how: isNetmap ? 'netmap' : how,
    ...(to === undefined ? {} : { address: to }),
    ...(ports === undefined ? {} : { port: ports }),
  };
}

function textOf(expression: NftExpression): string | undefined {
  if (expression.kind === 'value') return String(expression.value);
  if (expression.kind === 'prefix') return `${expression.address}/${expression.length}`;
  if (expression.kind !== 'range') return undefined;
  const ends = [textOf(expression.first), textOf(expression.last)];
  return ends.includes(undefined) ? undefined : ends.join('-');
}
