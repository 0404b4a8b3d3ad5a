/** What the mouse did, from xterm's SGR reports (ctlseqs, 'Extended coordinates'): `ESC [ < 0 ; 10 ; 5 M`. */

export type Mouse = {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down';
  /** From 0, the top left cell. */
  readonly column: number;
  readonly row: number;
};

/** Presses end in M; releases (m) mean nothing here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a report begins with ESC
const PRESS = /\x1b\[<(\d+);(\d+);(\d+)M/g;
const KINDS: Readonly<Record<string, Mouse['kind']>> = { 0: 'press', 64: 'wheel-up', 65: 'wheel-down' };

/** The reports in what the terminal sent, in their order; other buttons and modifiers are left to nobody. */
export function findMouseReports(input: string): readonly Mouse[] {
  return Array.from(input.matchAll(PRESS)).flatMap(([, button = '', column, row]) => {
    const kind = KINDS[button];
    return kind === undefined ? [] : [{ kind, column: Number(column) - 1, row: Number(row) - 1 }];
  });
}

/** Button presses and the wheel (1000), told in the SGR form (1006) that has no limit on columns. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h';
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l';
