/**
 * `tc-or-xdp-drop`: a BPF program or tc filter on a link that nobody can look into, and the neighbour behind it, who should
 * answer, did not when he was last asked: ARP passes the same programs (tc-bpf(8), XDP).
 */
import type { Hop } from '../model/diagnosis.ts';
import { type CheckContext, defineCheck } from './check.ts';
import { commandIn } from './shell.ts';

/** How link-programs.ts and neighbour.ts of the walk put it. */
const UNTOLD = 'what it does cannot be told';
const EARLIER = 'from an earlier try';

export const tcOrXdpDrop = defineCheck({
  id: 'tc-or-xdp-drop',
  title: 'A program on the link seems to drop what comes by',
  needs: ['links', 'trafficControl', 'neighbours'],
  evaluate: (context) => {
    const met = findProgram(context);
    if (!met) return undefined;
    const { program, failed } = met;
    // Whatever else the walk has found on the way is met behind the program, or in thought only.
    const [first] = context.walk.faults;
    if (first) context.note?.(first);
    const at = context.snapshot.namespaces.find(({ name }) => name === program.namespace);
    const link = program.link ?? program.namespace;
    return {
      confidence: 'likely',
      namespace: program.namespace,
      subject: link,
      evidence: [
        {
          source: at ? commandIn(at, 'tc', '-s', 'filter', 'show', 'dev', link, 'ingress') : 'the way',
          value: program.detail,
        },
        { source: `the neighbour table of ${failed.namespace}`, value: failed.detail },
      ],
      fix: [],
      more: 'Programs of tc and XDP see a frame before any rule does, and may drop it without a trace in the counters of iptables or nftables. By everything else that was read the neighbour answers, but the kernel has asked for it in vain: ARP dies there as well. CNI plugins, shapers and security agents hang such programs on links and sometimes leave them behind. Detach it (tc qdisc del dev LINK clsact; ip link set dev LINK xdp off) or ask its owner; netpeek without --no-live tells where packets are last seen.',
    };
  },
});

/** The first program on the way, where somebody before it has asked for the neighbour behind it in vain. */
function findProgram({ walk }: CheckContext): { readonly program: Hop; readonly failed: Hop } | undefined {
  if (walk.verdict !== 'undecided') return undefined;
  for (const way of [walk.hops, walk.reply]) {
    const failed = way.findIndex(({ stage, detail }) => stage === 'neighbour' && detail.includes(EARLIER));
    const program = way.findIndex(
      ({ stage, verdict, detail }, at) =>
        at > failed && stage === 'link' && verdict === 'unknown' && detail.includes(UNTOLD),
    );
    const [one, other] = [way[program], way[failed]];
    if (one && other) return { program: one, failed: other };
  }
  return undefined;
}
