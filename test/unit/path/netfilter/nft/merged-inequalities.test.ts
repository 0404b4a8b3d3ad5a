/** Two neighbouring inequalities, which nft 1.0.6 joins into one comparison and lists as two. */
import { expect, test } from 'vitest';
import type { NftExpression, NftStatement } from '../../../../../src/model/nftables.ts';
import { eitherReading, mayBeMerged } from '../../../../../src/path/netfilter/nft/merged-inequalities.ts';
import type { Packet } from '../../../../../src/path/netfilter/packet.ts';
import type { Test } from '../../../../../src/path/netfilter/program.ts';

const one = { kind: 'value', value: 1 } as const;

function field(
  protocol: string,
  name: string,
  right: NftExpression = one,
  op: '==' | '!=' = '!=',
): NftStatement {
  return { kind: 'match', op, left: { kind: 'payload', protocol, field: name }, right };
}

test('conditions on fields side by side in one header may be one comparison, whichever comes first', () => {
  expect(mayBeMerged(field('tcp', 'sport'), field('tcp', 'dport'))).toBe(true);
  expect(mayBeMerged(field('udp', 'dport'), field('udp', 'sport'))).toBe(true);
  expect(mayBeMerged(field('ip', 'saddr'), field('ip', 'daddr'))).toBe(true);
});

test('others are what they seem: equalities, sets, other headers, fields apart', () => {
  const set: NftExpression = { kind: 'set', elements: [{ key: one }] };
  expect(mayBeMerged(field('tcp', 'sport', one, '=='), field('tcp', 'dport'))).toBe(false);
  expect(mayBeMerged(field('tcp', 'sport', set), field('tcp', 'dport'))).toBe(false);
  expect(mayBeMerged(field('ip', 'saddr'), field('tcp', 'dport'))).toBe(false);
  expect(mayBeMerged(field('ip', 'ttl'), field('ip', 'daddr'))).toBe(false);
  // 32 bytes do not fit the register.
  expect(mayBeMerged(field('ip6', 'saddr'), field('ip6', 'daddr'))).toBe(false);
  expect(mayBeMerged(undefined, field('tcp', 'dport'))).toBe(false);
});

test('the rule holds for sure only where both do, and fails for sure only where neither does', () => {
  const is =
    (result: ReturnType<Test>): Test =>
    () =>
      result;
  const ask = (first: Test, second: Test) =>
    eitherReading(first, second)({} as Packet, {
      addressType: () => 'unknown',
      link: () => undefined,
      ipset: () => undefined,
    });
  expect(ask(is('yes'), is('yes'))).toBe('yes');
  expect(ask(is('no'), is('no'))).toBe('no');
  expect(ask(is('yes'), is('no'))).toBe('unknown');
  expect(ask(is('unknown'), is('yes'))).toBe('unknown');
});
