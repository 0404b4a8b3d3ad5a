/** `br-netfilter-drop`: a rule of IP drops what merely passes from one port of a bridge to another (br_netfilter). */
import { filterCheck } from './filter-check.ts';
import { deleteRule, type Filtered, toolOf } from './filtered.ts';
import { commandIn } from './shell.ts';

export const brNetfilterDrop = filterCheck({
  id: 'br-netfilter-drop',
  title: 'FORWARD drops frames that only pass the bridge',
  silences: ['forward-policy-drop', 'docker-user-block'],
  fix: letPass,
  more: 'Two containers on one bridge exchange frames, which no router touches. But with br_netfilter loaded and net.bridge.bridge-nf-call-iptables 1, as Docker and Kubernetes have it, each of them passes FORWARD as well, with the bridge as the link it comes in and leaves by. A policy DROP, or a drop that was meant for routed packets, then cuts neighbours off. Accept what has the bridge on both sides.',
});

/** A pair with the bridge on both sides is accepted before anything drops it. */
function letPass(fault: Filtered): readonly string[] {
  const { namespace, decision, inLink } = fault;
  if (decision.world === 'nft' || !inLink) return deleteRule(fault);
  const pair = ['-i', inLink.name, '-o', inLink.name, '-j', 'ACCEPT'];
  return [commandIn(namespace, toolOf(decision), '-I', 'FORWARD', ...pair)];
}
