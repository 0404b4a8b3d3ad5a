/** The one widget of blessed-contrib that is used, and no more of it than that: the package has no types for it. */
declare module 'blessed-contrib/lib/widget/charts/line.js' {
  type Series = {
    readonly title: string;
    readonly x: readonly string[];
    readonly y: readonly number[];
    readonly style: { readonly line: string };
  };

  class LineChart {
    constructor(options: {
      readonly screen: { readonly setEffects: () => void };
      readonly width: number;
      readonly height: number;
      readonly minY: number;
      readonly maxY: number;
      readonly numYLabels: number;
      readonly wholeNumbersOnly: boolean;
      readonly xPadding: number;
      readonly xLabelPadding: number;
      readonly style: { readonly line: string; readonly text: string; readonly baseline: string };
    });
    ctx: { readonly _canvas: { frame(): string } };
    emit(event: 'attach'): void;
    setData(series: readonly Series[]): void;
  }

  // biome-ignore lint/style/noDefaultExport: it is a CommonJS module, which has no other
  export default LineChart;
}
