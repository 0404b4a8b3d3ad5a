import { describe, expect, it } from 'vitest';
import { measureCells } from '../../../src/view/cells.ts';
import { formatTable, isShownInFull, layoutTable, type TableView } from '../../../src/view/table.ts';

const TABLE: TableView = {
  columns: [
    { title: 'name', shrink: 6, cut: 'middle' },
    { title: 'count', align: 'right' },
    { title: 'note', shrink: 4, drop: 1 },
    { title: 'never', optional: true },
  ],
  rows: [
    { key: 'a', cells: ['a-rather-long-name', '7', 'something to say', ''] },
    { key: 'b', cells: ['数据库', '1200', '', ''] },
  ],
  empty: 'nothing here',
};

describe('formatTable', () => {
  it('cuts nothing without a width, and leaves out optional columns without content', () => {
    expect(formatTable(TABLE)).toEqual([
      'name                count  note',
      'a-rather-long-name      7  something to say',
      '数据库               1200',
    ]);
  });

  it('shrinks long cells first, then drops columns', () => {
    expect(formatTable(TABLE, 34)).toEqual([
      'name          count  note',
      'a-rath…-name      7  something to…',
      '数据库         1200',
    ]);
    expect(formatTable(TABLE, 15)).toEqual(['name      count', 'a-ra…ame      7', '数据库     1200']);
  });

  it('never gets wider than asked while a column can give way', () => {
    for (let width = 13; width < 60; width++) {
      for (const line of formatTable(TABLE, width)) expect(measureCells(line)).toBeLessThanOrEqual(width);
    }
  });

  it('says what an empty table means', () => {
    expect(formatTable({ ...TABLE, rows: [] })).toEqual(['nothing here']);
  });

  it('knows which rows it had to cut', () => {
    const [long, short] = TABLE.rows;
    if (long === undefined || short === undefined) throw new Error('two rows');
    const layout = layoutTable(TABLE, 34);
    expect([long, short].map((row) => isShownInFull(TABLE, layout, row))).toEqual([false, true]);
  });
});
