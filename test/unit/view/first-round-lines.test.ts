import { expect, test } from 'vitest';
import type { CheckedWay, Finding, FirstRound } from '../../../src/model/first-round.ts';
import { formatFirstRound } from '../../../src/view/first-round-lines.ts';

const way = (n: number, given: Partial<CheckedWay> = {}): CheckedWay => ({
  n,
  kind: 'out',
  about: `c${n} → internet`,
  flow: { from: `c${n}`, to: 'internet', proto: 'icmp', source: '', destination: '203.0.113.1', port: null },
  verdict: 'undecided',
  result: 'fine',
  ...given,
});

const finding = (hits: readonly number[], given: Partial<Finding> = {}): Finding => ({
  id: 'ip-forward-off',
  title: 'IP forwarding is off',
  confidence: 'proven',
  namespace: 'host',
  subject: 'net.ipv4.ip_forward',
  evidence: [],
  fix: [],
  more: '',
  hits,
  ...given,
});

const linesOf = (round: Partial<FirstRound>) =>
  formatFirstRound({ checked: [], causes: [], leftOut: [], ...round }, 200).map(({ text }) => text);

test('a healthy host is one line', () => {
  const checked = [way(1), way(2), way(3, { kind: 'published' })];
  expect(linesOf({ checked })).toEqual([
    '2 ways out and 1 way to a published port: no fault found as far as this host decides',
    'nothing was sent; netpeek diagnose FROM TO proves one way on the wire',
  ]);
});

test('a finding says whom it hits, and counts those beyond the first', () => {
  const checked = Array.from({ length: 11 }, (_, index) => way(index + 1, { result: 'fault' }));
  const lines = linesOf({ checked, causes: [finding(checked.map(({ n }) => n))] });
  expect(lines[0]).toBe('11 ways out: hit by 1 fault');
  expect(lines).toContain('IP forwarding is off  (proven)');
  const hits = lines.find((line) => line.includes('hits '));
  expect(hits).toContain('c1 → internet; c2 → internet');
  expect(hits).toContain('c8 → internet; and 3 more');
  expect(hits).not.toContain('c9 → internet');
});

test('a cause that many places have for themselves is told in full for the first of them, and the others are named', () => {
  const checked = Array.from({ length: 6 }, (_, index) => way(index + 1, { result: 'fault' }));
  const causes = checked.map(({ n }) =>
    finding([n], { id: 'stale-arp', title: 'Wrong MAC', namespace: `c${n}`, subject: '10.0.0.1 on eth0' }),
  );
  const lines = linesOf({ checked, causes });
  expect(lines[0]).toBe('6 ways out: hit by 6 faults');
  expect(lines.filter((line) => line.startsWith('Wrong MAC'))).toHaveLength(3);
  expect(lines.at(-1)).toBe(
    'the same in 3 more places: c4 (10.0.0.1 on eth0); c5 (10.0.0.1 on eth0); c6 (10.0.0.1 on eth0)',
  );
});

test('what is by design is no fault, and what could not be judged or looked at is said', () => {
  const checked = [
    way(1, { result: 'by-design' }),
    way(2, { result: 'undecided', undecided: 'the rules were not read' }),
  ];
  const leftOut = [{ what: 'container db', reason: 'its namespace was not reached' }];
  const lines = linesOf({ checked, causes: [finding([1], { byDesign: true })], leftOut });
  expect(lines).toContain('1 way out: closed by design');
  expect(lines).toContain('1 way out: could not be judged');
  expect(lines.join('\n')).not.toContain('hit by');
  expect(lines).toContain('  c2 → internet: the rules were not read');
  expect(lines).toContain('  container db: its namespace was not reached');
});

test('an empty host is told from one that could not be looked at', () => {
  expect(linesOf({})).toEqual([
    'nothing to look at: no container, no namespace on a bridge, no published port',
  ]);
  expect(linesOf({ leftOut: [{ what: 'netns c1', reason: 'EPERM' }] })[0]).toBe('nothing could be looked at');
});
