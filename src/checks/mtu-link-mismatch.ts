/** `mtu-link-mismatch`: one end of a pair sends larger frames than the other takes (is_skb_forwardable in net/core/dev.c). */
import type { Evidence } from '../model/diagnosis.ts';
import type { Place } from '../path/walk/fault.ts';
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const mtuLinkMismatch = defineCheck({
  id: 'mtu-link-mismatch',
  title: 'The two ends of a link have different MTUs',
  needs: ['links'],
  weight: 'degrades',
  evaluate: (context) => {
    const large = findFault(context, 'too-big');
    const fault = findFault(context, 'peer-too-small');
    if (large)
      return {
        confidence: 'proven',
        namespace: large.namespace.name,
        subject: large.link.name,
        evidence: [mtuOf(large)],
        fix: [],
        more: MORE,
      };
    if (!fault) return undefined;
    const { namespace, link, peer } = fault;
    return {
      confidence: 'likely',
      namespace: peer.namespace.name,
      subject: `${link.name} and ${peer.link.name}`,
      evidence: [mtuOf({ namespace, link }), mtuOf(peer)],
      fix: [commandIn(peer.namespace, 'ip', 'link', 'set', 'dev', peer.link.name, 'mtu', String(link.mtu))],
      more: MORE,
    };
  },
});

const MORE =
  'Small packets pass, handshakes and pings among them; large ones are thrown away on their way into the smaller end, and nobody is told, because no router is in between. A large UDP answer or an upload hangs (TCP that is cut by the kernel later still passes). The ends of a veth pair, and the ports of one bridge, should all have the same MTU.';

function mtuOf({ namespace, link }: Place): Evidence {
  return {
    source: commandIn(namespace, 'ip', 'link', 'show', 'dev', link.name),
    value: `mtu ${link.mtu}`,
  };
}
