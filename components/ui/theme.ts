/** From what a text means to how Ink draws it: the terminal's own base colours, so light and dark both work. */
import { createContext, useContext } from 'react';
import type { ChartTone } from '../../src/view/chart/spans.ts';
import type { Tone } from '../../src/view/table.ts';

export type TextStyle = { readonly color?: string; readonly dimColor?: boolean; readonly bold?: boolean };

export type Theme = {
  readonly tone: Readonly<Record<Tone, TextStyle>>;
  readonly chart: Readonly<Record<ChartTone, TextStyle>>;
};

const COLOURED: Theme = {
  tone: {
    normal: {},
    dim: { dimColor: true },
    good: { color: 'green' },
    warn: { color: 'yellow' },
    bad: { color: 'red' },
    accent: { color: 'cyan' },
  },
  chart: { rx: { color: 'green' }, tx: { color: 'blue' }, axis: { dimColor: true } },
};

/** For NO_COLOR: weight alone, and every mark is a character anyway. */
const PLAIN: Theme = {
  tone: {
    normal: {},
    dim: { dimColor: true },
    good: {},
    warn: { bold: true },
    bad: { bold: true },
    accent: {},
  },
  chart: { rx: {}, tx: { dimColor: true }, axis: { dimColor: true } },
};

export function chooseTheme(color: boolean): Theme {
  return color ? COLOURED : PLAIN;
}

export const ThemeContext = createContext<Theme>(COLOURED);

export function useTheme(): Theme {
  return useContext(ThemeContext);
}
