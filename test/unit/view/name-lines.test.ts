import { describe, expect, test } from 'vitest';
import type { NameAnswer } from '../../../src/model/name-answer.ts';
import { nameLines } from '../../../src/view/name-lines.ts';

const asked = { server: '192.0.2.53', namespace: 'web', name: 'x.example', outcome: 'no-answer' } as const;
const none: NameAnswer = { name: 'x.example', addresses: [], source: null, asked: [] };

describe('a name', () => {
  test.each<[string, Partial<NameAnswer>]>([
    ['x.example was not resolved: nothing was sent', {}],
    ['x.example is not resolved: 192.0.2.53 does not answer', { asked: [asked, asked] }],
    ['x.example is 192.0.2.1, by the hosts file', { addresses: ['192.0.2.1'], source: 'hosts' }],
    [
      'x.example is 192.0.2.1, says 192.0.2.53',
      { addresses: ['192.0.2.1'], source: 'server', asked: [{ ...asked, outcome: 'answered' }] },
    ],
  ])('reads: %s', (text, more) => {
    expect(nameLines({ ...none, ...more }, 200).map((line) => line.text)).toEqual([text]);
  });
});
