import { describe, expect, it } from 'vitest';
import { chooseTabs, findTab, TAB_GAP } from '../../../components/ui/tab-titles.ts';
import { PANES } from '../../../src/store/panes.ts';

/** Cells of the pane on a terminal of 80 and of 160 columns. */
const WIDTHS = [51, 117] as const;

/** The row as it is drawn, the age left out. */
function drawRow(pane: (typeof PANES)[number]['id'], columns: number): string {
  const { tabs, before, after } = chooseTabs(pane, columns);
  const titles = tabs.map(({ text }) => text).join(' '.repeat(TAB_GAP));
  return `${before ? ' ‹ ' : ' '}${titles}${after ? ' ›' : ''}`;
}

describe.each(WIDTHS)('the tabs in %i cells', (columns) => {
  it('leave room for the age, and show every pane with the one after it', () => {
    for (const [index, { id }] of PANES.entries()) {
      const shown = chooseTabs(id, columns).tabs.map((tab) => tab.id);
      expect(drawRow(id, columns).length).toBeLessThanOrEqual(columns - ' 59 s ago '.length);
      expect(shown).toContain(id);
      const next = PANES[index + 1];
      if (next) expect(shown).toContain(next.id);
    }
  });

  it('are found by the cell that the mouse is on, as their arrows are', () => {
    for (const { id } of PANES) {
      const row = drawRow(id, columns);
      const { tabs, before, after } = chooseTabs(id, columns);
      for (const tab of tabs) {
        const start = row.indexOf(` ${tab.text}`) + 1;
        expect(findTab(id, columns, start)).toBe(tab.id);
        expect(findTab(id, columns, start + tab.text.length - 1)).toBe(tab.id);
      }
      if (before) expect(findTab(id, columns, row.indexOf('‹'))).toBe(before);
      if (after) expect(findTab(id, columns, row.indexOf('›'))).toBe(after);
      expect(findTab(id, columns, columns - 1)).toBeUndefined();
    }
  });
});

describe('the tabs', () => {
  it('keep their places while the chosen one and the next are seen', () => {
    expect(drawRow('routes', 51)).toBe(drawRow('links', 51));
    expect(drawRow('dns', 117)).toBe(drawRow('links', 117));
  });

  it('have their full names where all with a number fit', () => {
    expect(drawRow('links', 117)).toContain('3 Neighbours');
    expect(drawRow('links', 51)).toContain('3 Neigh  4');
  });
});
