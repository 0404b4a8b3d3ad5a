/** How commands print: a JSON document or a table, and gaps as notes on stderr. */
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { version } from '../version.ts';
import { formatGap } from '../view/gaps.ts';
import { jsonDocument } from '../view/json/document.ts';
import { formatTable, type TableView, type Tone } from '../view/table.ts';
import type { CommandContext } from './command.ts';

/** Prints the document `netpeek.<command>/1` as one line. */
export function printJson(
  { out }: CommandContext,
  command: string,
  head: { readonly takenAt: string; readonly gaps: readonly Gap[] },
  body: object,
): void {
  out.line(JSON.stringify(jsonDocument(command, version, head, body)));
}

/** Prints the table, cut to the terminal where there is one. */
export function printTable({ out }: CommandContext, table: TableView): void {
  for (const line of formatTable(table, out.columns)) out.line(line.trimEnd());
}

/** SGR codes (ECMA-48) by tone; none where colours are off. */
const SGR: Readonly<Record<Tone, string>> = {
  normal: '',
  dim: '2',
  good: '32',
  warn: '33',
  bad: '31',
  accent: '36',
};

/** Prints lines, in colour where the terminal and the user allow it. */
export function printLines(
  { out, globals }: CommandContext,
  lines: readonly { text: string; tone: Tone }[],
): void {
  const colored = globals.color && out.isTerminal;
  for (const { text, tone } of lines) {
    const code = colored ? SGR[tone] : '';
    out.line(code === '' ? text : `\x1b[${code}m${text}\x1b[0m`);
  }
}

/** Gaps that are printed; a host that denies one thing may deny it for each of 1,000 namespaces. */
const GAPS_PRINTED = 8;

/** Says on stderr what could not be read. */
export function printGaps(
  { out }: CommandContext,
  snapshot: Snapshot,
  gaps: readonly Gap[] = snapshot.gaps,
): void {
  for (const gap of gaps.slice(0, GAPS_PRINTED)) out.note(`netpeek: ${formatGap(snapshot, gap)}`);
  const more = gaps.length - GAPS_PRINTED;
  if (more > 0) out.note(`netpeek: ${more} more could not be read; --json lists them all`);
}
