/** Two readings of one table: what came, what went, and what is still there with another value. */
import type { Difference, FieldChange } from '../../model/difference.ts';

/** A row as it is compared: rows of one identity are the same thing at two times, and their fields may change. */
export type ComparedRow = Pick<Difference, 'link' | 'what'> & {
  readonly identity: string;
  /** What it is called where its fields changed; `what` unless told. */
  readonly name?: string;
  readonly fields: Readonly<Record<string, string | null>>;
  /** It comes and goes by itself; only its fields are worth a word. */
  readonly fleeting?: boolean;
};

type Head = Pick<Difference, 'kind' | 'namespace'>;

/** The differences in the order of the rows: those that stayed or came, then those that went. */
export function diffRows(
  head: Head,
  before: readonly ComparedRow[],
  after: readonly ComparedRow[],
): readonly Difference[] {
  const old = Map.groupBy(before, ({ identity }) => identity);
  const fresh = Map.groupBy(after, ({ identity }) => identity);
  const kept = [...fresh].flatMap(([identity, rows]) => diffGroup(head, old.get(identity) ?? [], rows));
  const gone = [...old].filter(([identity]) => !fresh.has(identity)).flatMap(([, rows]) => rows);
  return [...kept, ...tell(head, 'removed', gone)];
}

/** Rows that share an identity: equal ones cancel out, and a last one on either side is one that changed. */
function diffGroup(
  head: Head,
  before: readonly ComparedRow[],
  after: readonly ComparedRow[],
): readonly Difference[] {
  const [old, fresh] = withoutEqual(before, after);
  const [one, another] = [old[0], fresh[0]];
  if (one && another && old.length === 1 && fresh.length === 1) {
    const { link, what, name = what } = another;
    const fields = diffFields(one.fields, another.fields);
    return [{ ...head, change: 'changed', ...(link === undefined ? {} : { link }), what: name, fields }];
  }
  return [...tell(head, 'removed', old), ...tell(head, 'added', fresh)];
}

function withoutEqual(before: readonly ComparedRow[], after: readonly ComparedRow[]) {
  const waiting = new Map<string, ComparedRow[]>();
  for (const row of before) waiting.set(textOf(row), [...(waiting.get(textOf(row)) ?? []), row]);
  const fresh = after.filter((row) => waiting.get(textOf(row))?.pop() === undefined);
  return [[...waiting.values()].flat(), fresh] as const;
}

function textOf({ fields }: ComparedRow): string {
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function tell(head: Head, change: 'added' | 'removed', rows: readonly ComparedRow[]): readonly Difference[] {
  return rows
    .filter(({ fleeting }) => !fleeting)
    .map(({ link, what }) => ({
      ...head,
      change,
      ...(link === undefined ? {} : { link }),
      what,
      fields: [],
    }));
}

function diffFields(before: ComparedRow['fields'], after: ComparedRow['fields']): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((change) => change.before !== change.after);
}
