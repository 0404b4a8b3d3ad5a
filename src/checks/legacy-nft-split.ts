/** `legacy-nft-split`: rules exist in both flavours of iptables, and the one that the engine does not use drops it. */
import { filterCheck } from './filter-check.ts';
import { deleteRule, type Filtered, toolOf } from './filtered.ts';
import { commandIn } from './shell.ts';

export const legacyNftSplit = filterCheck({
  id: 'legacy-nft-split',
  title: 'Rules in the other flavour of iptables drop the packet',
  silences: ['forward-policy-drop', 'docker-user-block'],
  fix: openOther,
  more: 'iptables exists twice: iptables-legacy keeps its rules in x_tables, iptables-nft in nf_tables, and each shows only its own. The kernel runs both, and a drop in either is final. A container, a CI image or an old script that used the other flavour leaves rules that nobody sees. Empty the flavour you do not use.',
});

function openOther(fault: Filtered): readonly string[] {
  const { namespace, decision } = fault;
  if (decision.rule) return deleteRule(fault);
  return [commandIn(namespace, toolOf(decision), '-P', decision.chain, 'ACCEPT')];
}
