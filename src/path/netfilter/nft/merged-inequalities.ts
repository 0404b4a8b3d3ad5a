/**
 * nft up to 1.0.6 joins conditions on neighbouring fields into one comparison, `!=` among them: `tcp sport != 1 tcp dport
 * != 2` then holds unless both are equal (payload_try_merge() in its src/rule.c). It lists such a rule as it was typed, as it
 * does one that another nft has written condition by condition: where the two differ, nobody can tell.
 */
import type { NftStatement } from '../../../model/nftables.ts';
import type { Test } from '../program.ts';

type Match = Extract<NftStatement, { kind: 'match' }>;

/** Fields of one header that stand side by side, in their order, 16 bytes together at most. */
const NEIGHBOURS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  ip: [
    ['saddr', 'daddr'],
    ['ttl', 'protocol'],
    ['length', 'id'],
  ],
  ip6: [
    ['length', 'nexthdr'],
    ['nexthdr', 'hoplimit'],
  ],
  icmp: [['type', 'code']],
  icmpv6: [['type', 'code']],
};
const OF_PORTS: readonly (readonly [string, string])[] = [['sport', 'dport']];

/** Whether nft may have made one comparison of the two. */
export function mayBeMerged(one: NftStatement | undefined, other: NftStatement | undefined): boolean {
  if (!isInequality(one) || !isInequality(other)) return false;
  if (one.left.kind !== 'payload' || other.left.kind !== 'payload') return false;
  const { protocol, field } = one.left;
  const { protocol: otherProtocol, field: otherField } = other.left;
  if (protocol !== otherProtocol) return false;
  const pairs = Object.hasOwn(NEIGHBOURS, protocol) ? NEIGHBOURS[protocol] : OF_PORTS;
  return (pairs ?? OF_PORTS).some(
    ([first, second]) =>
      (field === first && otherField === second) || (field === second && otherField === first),
  );
}

function isInequality(statement: NftStatement | undefined): statement is Match {
  return statement?.kind === 'match' && statement.op === '!=' && statement.right.kind === 'value';
}

/** Both hold, or either: sure where these are the same. */
export function eitherReading(one: Test, other: Test): Test {
  return (packet, around) => {
    const first = one(packet, around);
    return first === other(packet, around) ? first : 'unknown';
  };
}
