/** `forward-policy-drop`: no rule of FORWARD accepts the packet, or its answer, and the policy is DROP. */
import { filterCheck } from './filter-check.ts';
import { type Filtered, toolOf } from './filtered.ts';
import { commandIn } from './shell.ts';

export const forwardPolicyDrop = filterCheck({
  id: 'forward-policy-drop',
  title: 'FORWARD has policy DROP and no rule accepts the packet',
  fix: acceptBoth,
  more: 'Docker sets the policy of FORWARD to DROP and adds, for each of its bridges, one rule that accepts what leaves the bridge and one that accepts the answers. A flushed FORWARD chain, or a bridge made by hand, has the policy without the rules. With Docker, restarting the daemon writes them again; for your own bridge add the pair yourself.',
});

/** The pair of rules that lets one link's traffic out and its answers in. */
function acceptBoth({ namespace, decision, direction, inLink, outLink }: Filtered): readonly string[] {
  const inner = direction === 'answer' ? outLink : inLink;
  if (!inner) return [];
  const insert = [toolOf(decision), '-I', 'FORWARD'];
  const established = ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'];
  return [
    commandIn(namespace, ...insert, '-i', inner.name, '-j', 'ACCEPT'),
    commandIn(namespace, ...insert, '-o', inner.name, ...established, '-j', 'ACCEPT'),
  ];
}
