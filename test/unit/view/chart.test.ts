import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { blessedPlugin } from '../../../scripts/build-plugins/blessed.mjs';
import { drawRateChart } from '../../../src/view/chart/line-chart.ts';
import { chooseScale } from '../../../src/view/chart/scale.ts';
import { parseSpans } from '../../../src/view/chart/spans.ts';

const HISTORY = {
  rx: Array.from({ length: 60 }, (_, index) => 1_500_000 * (1 + Math.sin(index / 5))),
  tx: Array.from({ length: 60 }, () => 400_000),
};
const textOf = (lines: ReturnType<typeof drawRateChart>['lines']) =>
  lines.map((spans) => spans.map(({ text }) => text).join(''));

describe('the rate chart', () => {
  it('takes exactly its cells, has a scale in a unit, and no escape codes', () => {
    const { lines, unit } = drawRateChart(HISTORY, 60, 10);
    expect(unit).toBe('MB/s');
    const text = textOf(lines);
    expect(text).toHaveLength(10);
    for (const line of text) {
      expect(line).toHaveLength(60);
      expect(line).not.toContain('\x1b');
    }
    expect(
      text.map((line) => line.trim().split(/\s|⡇/)[0]).filter((label) => /^\d+$/.test(label ?? '')),
    ).toEqual(['3', '2', '1', '0']);
    expect(new Set(lines.flatMap((spans) => spans.map(({ tone }) => tone)))).toEqual(
      new Set(['rx', 'tx', 'axis']),
    );
  });

  it('leaves nothing behind in the process', () => {
    const names = ['exit', 'uncaughtException', 'SIGTERM', 'SIGINT', 'SIGWINCH'];
    const before = names.map((name) => process.listenerCount(name));
    drawRateChart(HISTORY, 60, 10);
    expect(names.map((name) => process.listenerCount(name))).toEqual(before);
  });

  it('draws nothing where there is no room', () => {
    expect(drawRateChart(HISTORY, 10, 2).lines).toEqual([]);
  });

  it('draws a quiet link without falling over', () => {
    expect(drawRateChart({ rx: [0, 0], tx: [0, 0] }, 40, 6).unit).toBe('B/s');
  });
});

describe('the scale', () => {
  it('divides into whole steps', () => {
    expect(chooseScale(900, 4)).toEqual({ unit: 'B/s', divisor: 1, top: 1000 });
    expect(chooseScale(2_300_000, 4)).toEqual({ unit: 'MB/s', divisor: 1e6, top: 4 });
    expect(chooseScale(9_900_000, 4)).toMatchObject({ top: 12 });
  });
});

describe('a canvas line', () => {
  it('becomes runs of one tone each', () => {
    expect(parseSpans('\x1b[30m2\x1b[39m \x1b[32m⡠\x1b[39m\x1b[32m⠔\x1b[39m  ', { 32: 'rx' })).toEqual([
      { text: '2 ', tone: 'axis' },
      { text: '⡠⠔  ', tone: 'rx' },
    ]);
  });
});

describe('the bundled chart', () => {
  it('draws in one file without node_modules, silently', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpeek-chart-'));
    try {
      const entry = join(folder, 'entry.ts');
      const chart = resolve('src/view/chart/line-chart.ts');
      await writeFile(
        entry,
        `import { drawRateChart } from ${JSON.stringify(chart)};
         const { lines } = drawRateChart({ rx: [1, 5, 2], tx: [1, 1, 1] }, 40, 6);
         process.stdout.write(lines.map((spans) => spans.map((span) => span.text).join('')).join('\\n'));`,
      );
      const bundle = join(folder, 'bundle.mjs');
      await build({
        entryPoints: [entry],
        outfile: bundle,
        bundle: true,
        format: 'esm',
        platform: 'node',
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
        plugins: [blessedPlugin],
        logLevel: 'silent',
      });
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [bundle], { cwd: folder });
      expect(stdout.split('\n')).toHaveLength(6);
      expect(stdout).toContain('⡇');
      expect(stderr).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 30_000);
});
