/**
 * blessed-contrib's line chart, drawn off screen. The widget needs no terminal for that: only a screen to register
 * its mouse effects with, so it gets one that does nothing, and nothing of blessed ever touches the real terminal or
 * the process. Load this file only where a chart is drawn: blessed takes 50 ms.
 */
import LineChart from 'blessed-contrib/lib/widget/charts/line.js';
import { chooseScale } from './scale.ts';
import { type ChartSpan, type ChartTone, parseSpans } from './spans.ts';

export type RateHistory = {
  /** Bytes a second, oldest first. */
  readonly rx: readonly number[];
  readonly tx: readonly number[];
};

export type Chart = { readonly lines: readonly (readonly ChartSpan[])[]; readonly unit: string };

const COLOURS = { rx: 'green', tx: 'blue', axis: 'black' } as const;
const TONES: Readonly<Record<string, ChartTone>> = { 32: 'rx', 34: 'tx', 30: 'axis' };
/** The widget keeps this much of its size for a border that we do not draw (its `calcSize`). */
const BORDER = { columns: 6, rows: 2 } as const;
/** Rows below the plot: the widget's own labels, which say nothing that its caption cannot say better. */
const LABEL_ROWS = 2;
/** What the chart is wide: it fills from the left, since what was not measured is not zero. */
export const MOST_POINTS = 120;

/** Draws both series on one scale into exactly `columns` × `rows` cells, or nothing where there is no room. */
export function drawRateChart(history: RateHistory, columns: number, rows: number): Chart {
  const steps = rows >= 9 ? 4 : 2;
  const scale = chooseScale(Math.max(1, ...history.rx, ...history.tx), steps);
  if (columns < 20 || rows < 3) return { lines: [], unit: scale.unit };
  const labelCells = String(scale.top).length;
  const chart = new LineChart({
    screen: { setEffects: () => {} },
    width: columns + BORDER.columns,
    height: rows + LABEL_ROWS + BORDER.rows,
    minY: 0,
    maxY: scale.top,
    numYLabels: steps,
    wholeNumbersOnly: true,
    xPadding: labelCells * 2 + 2,
    xLabelPadding: labelCells * 2 + 2,
    style: { line: COLOURS.rx, text: COLOURS.axis, baseline: COLOURS.axis },
  });
  chart.emit('attach');
  chart.setData(
    (['tx', 'rx'] as const).map((direction) => ({
      title: direction,
      x: Array.from({ length: MOST_POINTS }, () => ' '),
      y: history[direction].slice(-MOST_POINTS).map((value) => value / scale.divisor),
      style: { line: COLOURS[direction] },
    })),
  );
  const lines = chart.ctx._canvas
    .frame()
    .split('\n')
    .slice(0, rows)
    .map((line) => parseSpans(line, TONES));
  return { lines, unit: scale.unit };
}
