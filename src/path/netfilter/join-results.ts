/** Where the order of a hook's chains is not known, what all orders agree on is known of the packet, and the rest is not. */
import type { HookResult } from './evaluate-hook.ts';
import { joinPackets } from './join.ts';
import type { BaseChain } from './program.ts';

/** How the reason begins. */
export const TIED = 'which of the chains at one place the kernel asks first';

/** The first is the likeliest; `chains` are those whose order is not known. */
export function joinResults(
  results: readonly HookResult[],
  chains: readonly BaseChain[],
): HookResult | undefined {
  const [first, ...others] = results;
  if (!first || others.every((other) => isSame(first, other))) return first;
  const names = chains.map(({ world, table, name }) => `${world} ${table} ${name}`).join(', ');
  const reason = `${TIED}: ${names}`;
  const unknown = [...new Set([...results.flatMap((result) => result.unknown), reason])];
  const kinds = new Set(results.map((result) => `${result.verdict} ${kindOf(result)}`));
  const stops = results.every(({ verdict }) => verdict === 'drop' || verdict === 'reject');
  // Whatever else differs, such as marks, is of no matter to a packet that goes nowhere.
  if (stops && others.every((other) => decisionOf(other) === decisionOf(first))) return first;
  if (stops) return { ...first, verdict: kinds.size > 1 ? 'drop' : first.verdict, unknown };
  const isLost = results.some((result) => result.lost || addressesOf(result) !== addressesOf(first));
  const packet = results.map((result) => result.packet).reduce(joinPackets);
  // Where only marks and the like differ, the packet goes on with marks that nobody knows.
  const passes = !isLost && results.every(({ verdict }) => verdict === 'accept');
  return {
    ...first,
    packet,
    lost: isLost,
    verdict: passes ? 'accept' : 'unknown',
    unknown: passes ? [] : unknown,
  };
}

function isSame(one: HookResult, other: HookResult): boolean {
  return (
    one.verdict === other.verdict &&
    one.lost === other.lost &&
    (one.verdict === 'accept' || decisionOf(one) === decisionOf(other)) &&
    kindOf(one) === kindOf(other) &&
    JSON.stringify(one.packet) === JSON.stringify(other.packet)
  );
}

/** The rule or policy that decides. */
function decisionOf({ verdict, decision }: HookResult): string {
  const { world, family, table, chain, rule } = decision ?? {};
  return JSON.stringify([verdict, world, family, table, chain, rule?.number]);
}

/** A reject is the same only with the same answer. */
function kindOf({ decision }: HookResult): string {
  return decision?.verdict.kind === 'reject' ? decision.verdict.with : '';
}

function addressesOf({ packet }: HookResult): string {
  const { source, destination, sourcePort, destinationPort } = packet;
  return JSON.stringify([source, destination, sourcePort, destinationPort]);
}
