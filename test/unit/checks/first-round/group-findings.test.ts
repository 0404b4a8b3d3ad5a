import { expect, test } from 'vitest';
import { groupFindings } from '../../../../src/checks/first-round/group-findings.ts';
import type { Cause } from '../../../../src/model/diagnosis.ts';

const cause = (given: Partial<Cause>): Cause => ({
  id: 'ip-forward-off',
  title: 'IP forwarding is off',
  confidence: 'likely',
  namespace: 'host',
  subject: 'net.ipv4.ip_forward',
  evidence: [{ source: 'sysctl net.ipv4.ip_forward', value: '0' }],
  fix: ['sysctl -w net.ipv4.ip_forward=1'],
  more: '',
  ...given,
});

test('the same cause in the same place is one finding, with each way once', () => {
  const [finding, ...others] = groupFindings([1, 2, 2, 3].map((n) => ({ n, cause: cause({}) })));
  expect(others).toEqual([]);
  expect(finding).toEqual({ ...cause({}), hits: [1, 2, 3] });
});

test('the same cause elsewhere, or of something else there, is another finding', () => {
  const found = groupFindings([
    { n: 1, cause: cause({}) },
    { n: 2, cause: cause({ namespace: 'router' }) },
    { n: 3, cause: cause({ subject: 'br0' }) },
  ]);
  expect(found.map(({ hits }) => hits)).toEqual([[1], [2], [3]]);
});

test('one proof proves it for all, and what mends any of them is told once', () => {
  const [finding] = groupFindings([
    { n: 1, cause: cause({ fix: ['a', 'b'] }) },
    { n: 2, cause: cause({ confidence: 'proven', fix: ['b', 'c'] }) },
    { n: 3, cause: cause({}) },
  ]);
  expect(finding).toMatchObject({ confidence: 'proven', fix: ['a', 'b', 'c', ...cause({}).fix] });
});

test('evidence of another source is added, and the same command is not repeated for every way', () => {
  const evidence = (source: string, value: string) => cause({ evidence: [{ source, value }] });
  const [finding] = groupFindings([
    { n: 1, cause: evidence('ss -ltn', 'nothing on 172.17.0.2:80') },
    { n: 2, cause: evidence('ss -ltn', 'nothing on 172.17.0.2:80, again') },
    { n: 3, cause: evidence('docker port web', '80/tcp') },
  ]);
  expect(finding?.evidence.map(({ value }) => value)).toEqual(['nothing on 172.17.0.2:80', '80/tcp']);
});

test('many hits come before few, proven before likely, and what is by design last of all', () => {
  const many = (subject: string, ways: readonly number[], more: Partial<Cause> = {}) =>
    ways.map((n) => ({ n, cause: cause({ subject, ...more }) }));
  const found = groupFindings([
    ...many('wanted', [1, 2, 3, 4], { byDesign: true }),
    ...many('one, likely', [5]),
    ...many('one, proven', [6], { confidence: 'proven' }),
    ...many('two', [7, 8]),
  ]);
  expect(found.map(({ subject }) => subject)).toEqual(['two', 'one, proven', 'one, likely', 'wanted']);
});
