/**
 * The words of iptables-save: separated by blanks, and in double quotes with backslash escapes where a string holds
 * unusual characters (xtables_save_string in iptables' libxtables). A quoted string may even hold a line break.
 */

export type Word = { readonly text: string; readonly quoted: boolean };

/** The words of one line. A quote that is never closed is an ordinary character: link names are printed bare. */
export function splitWords(line: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    const close = line[at] === '"' ? closingQuote(line, at + 1) : -1;
    if (close > 0) {
      words.push({ text: line.slice(at + 1, close).replace(/\\(.)/gs, '$1'), quoted: true });
      at = close + 1;
    } else {
      const end = line.indexOf(' ', at);
      words.push({ text: line.slice(at, end < 0 ? line.length : end), quoted: false });
      at = end < 0 ? line.length : end;
    }
  }
  return words;
}

/**
 * Characters a quoted string may reach into further lines: a comment takes 256 bytes (XT_MAX_COMMENT_LEN), each of
 * them perhaps escaped. Beyond it, the quote was no quote.
 */
const LONGEST_CONTINUATION = 1024;

/** The lines of a dump, those joined again that a line break inside quotes has split. */
export function splitLines(text: string): readonly string[] {
  const lines = text.split('\n');
  const whole: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const further = continuation(line, lines, at + 1);
    whole.push([line, ...lines.slice(at + 1, at + 1 + further)].join('\n'));
    at += further;
  }
  return whole;
}

/** How many of the lines from `next` belong to a string that `line` leaves open. */
function continuation(line: string, lines: readonly string[], next: number): number {
  if (!line.includes('"') || !leavesOpen(line)) return 0;
  let length = 0;
  for (let at = next; at < lines.length; at += 1) {
    const more = lines[at] ?? '';
    length += more.length + 1;
    if (length > LONGEST_CONTINUATION) return 0;
    if (closingQuote(more, 0) >= 0) return at - next + 1;
  }
  return 0;
}

/** Only a long option's value is ever quoted; after `-i` a quote belongs to the link's name. */
function leavesOpen(line: string): boolean {
  let at = 0;
  let afterOption = false;
  while (at < line.length) {
    const quoted = line[at] === '"' && afterOption;
    const end = quoted ? closingQuote(line, at + 1) : line.indexOf(' ', at);
    if (end < 0) return quoted;
    afterOption = line.startsWith('--', at);
    // A closing quote is followed by a blank, see `closingQuote`.
    at = end + (quoted ? 2 : 1);
  }
  return false;
}

/** The quote that ends a string begun before `from`, and a word with it; -1 when there is none. */
function closingQuote(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at + 1 === line.length || line[at + 1] === ' ' ? at : -1;
  }
  return -1;
}
