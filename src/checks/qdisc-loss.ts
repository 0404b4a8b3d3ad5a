/** `qdisc-loss`: the queueing discipline of a link on the way throws away much of what it gets (tc(8), struct gnet_stats_queue). */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Qdisc, QdiscStats } from '../model/traffic-control.ts';
import { type CheckContext, defineCheck } from './check.ts';
import { commandIn } from './shell.ts';

/** Of what a queue got, in percent. Queues drop a little by their nature, to slow TCP down. */
const MUCH_PERCENT = 10;
/** Their nature is to hold back, or to lose; the ordinary ones (fq_codel, pfifo_fast, noqueue, mq) only queue. */
const SHAPERS: ReadonlySet<string> = new Set([
  'tbf',
  'netem',
  'htb',
  'hfsc',
  'cbs',
  'red',
  'sfb',
  'choke',
  'plug',
]);

export const qdiscLoss = defineCheck({
  id: 'qdisc-loss',
  title: 'A shaper on the link throws away much of what it gets',
  needs: ['trafficControl'],
  weight: 'degrades',
  evaluate: (context) => {
    const found = findLossy(context);
    if (!found) return undefined;
    const { namespace, link, qdisc, stats } = found;
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: `${qdisc.kind} ${qdisc.handle} on ${link.name}`,
      evidence: [
        {
          source: commandIn(namespace, 'tc', '-s', 'qdisc', 'show', 'dev', link.name),
          value: `${stats.packets} packets passed, ${stats.drops} dropped`,
        },
      ],
      fix: [commandIn(namespace, 'tc', 'qdisc', 'del', 'dev', link.name, 'root')],
      more: 'What a link sends passes its queueing discipline. A shaper whose rate is far too low, whose burst is smaller than a packet, or an emulated loss that somebody forgot (netem) throws packets away behind all rules and behind every capture of what was routed; only its own counter tells. Deleting it gives the link its ordinary queue back.',
    };
  },
});

type Lossy = {
  readonly namespace: Namespace;
  readonly link: Link;
  readonly qdisc: Qdisc;
  readonly stats: QdiscStats;
};

/** The first link that the packet, or its answer, leaves by whose shaper drops much. */
function findLossy({ snapshot, walk }: CheckContext): Lossy | undefined {
  for (const hop of [...walk.hops, ...walk.reply]) {
    const namespace = snapshot.namespaces.find(({ name }) => name === hop.namespace);
    const link = namespace?.links?.find(({ name }) => name === hop.link);
    if (!namespace || !link) continue;
    for (const qdisc of namespace.trafficControl?.qdiscs ?? []) {
      const { stats } = qdisc;
      if (qdisc.ifindex !== link.ifindex || qdisc.parent !== 'root' || !SHAPERS.has(qdisc.kind) || !stats)
        continue;
      if (stats.drops * 100 > (stats.drops + stats.packets) * MUCH_PERCENT)
        return { namespace, link, qdisc, stats };
    }
  }
  return undefined;
}
