/** Draws the rate chart, loading its library at the first use: quick commands never pay for it. */
import { useEffect, useMemo, useState } from 'react';
import type { RatePoint } from '../../src/store/rates.ts';
import type { Chart, drawRateChart } from '../../src/view/chart/line-chart.ts';

const NOTHING: Chart = { lines: [], unit: '' };

export function useChart(history: readonly RatePoint[], columns: number, rows: number): Chart {
  const [draw, setDraw] = useState<typeof drawRateChart>();
  useEffect(() => {
    let wanted = true;
    void import('../../src/view/chart/line-chart.ts').then((chart) => {
      if (wanted) setDraw(() => chart.drawRateChart);
    });
    return () => {
      wanted = false;
    };
  }, []);
  return useMemo(() => {
    if (draw === undefined || history.length < 2) return NOTHING;
    const rx = history.map((point) => point.rxBytesPerS);
    const tx = history.map((point) => point.txBytesPerS);
    return draw({ rx, tx }, columns, rows);
  }, [draw, history, columns, rows]);
}
