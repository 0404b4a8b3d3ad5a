/** A drawn chart's escape codes, reduced to runs of text that each have one meaning. */

export type ChartTone = 'rx' | 'tx' | 'axis';
export type ChartSpan = { readonly text: string; readonly tone: ChartTone };

/** Matches one SGR sequence (ECMA-48), which is all that a canvas writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const SGR = /\x1b\[([\d;]*)m/;

/** Splits one line at its colours; `tones` says what each foreground code (`31`) stands for, the rest is axis. */
export function parseSpans(line: string, tones: Readonly<Record<string, ChartTone>>): readonly ChartSpan[] {
  const spans: { text: string; tone: ChartTone }[] = [];
  let tone: ChartTone = 'axis';
  for (const [index, part] of line.split(SGR).entries()) {
    if (index % 2 === 1) {
      if (!part.startsWith('4')) tone = tones[part] ?? 'axis';
      continue;
    }
    if (part === '') continue;
    const last = spans.at(-1);
    if (last !== undefined && (last.tone === tone || part.trim() === '')) last.text += part;
    else spans.push({ text: part, tone });
  }
  return spans;
}
