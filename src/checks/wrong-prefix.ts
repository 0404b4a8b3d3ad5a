/** `wrong-prefix`: the sender's prefix is not that of its network, so that a neighbour looks remote, or the world a neighbour (RFC 1122, 3.3.1). */
import type { Link } from '../model/link.ts';
import { findPeer } from '../path/find-peer.ts';
import { contains } from '../path/prefix.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const wrongPrefix = defineCheck({
  id: 'wrong-prefix',
  title: "The sender's prefix is not that of its network",
  needs: ['links', 'addresses', 'routes'],
  silences: ['ctr-no-route', 'destination-unowned', 'subnet-overlap', 'ctr-wrong-gateway'],
  evaluate: (context) => {
    const { from } = context;
    const isOwn = ({
      namespace,
      direction,
    }: {
      readonly namespace: { readonly id: string };
      readonly direction: string;
    }) => namespace.id === from.id && direction === 'request';
    const fault =
      findFault(context, 'no-route', (one) => isOwn(one) && one.refusal.how === 'none') ??
      findFault(context, 'unowned', isOwn);
    const odd = fault && findOdd(context);
    if (!odd) return undefined;
    const { link, own, bridge, right } = odd;
    return {
      // Both prefixes were read; that they differ is why the way is not found.
      confidence: 'likely',
      namespace: from.name,
      subject: `${link.name} (${own})`,
      evidence: [
        { source: commandIn(from, 'ip', 'address', 'show', 'dev', link.name), value: own },
        { source: `the bridge that it is plugged into, ${bridge.name}`, value: right },
      ],
      fix: [
        commandIn(
          from,
          'ip',
          'address',
          'add',
          `${own.split('/')[0]}/${right.split('/')[1]}`,
          'dev',
          link.name,
        ),
      ],
      more: 'The prefix length says who is a neighbour, to be asked for by ARP, and who is reached through a gateway. Too long, and the neighbours, the gateway among them, look remote; too short, and remote addresses are asked for on the link, where nobody answers. All links of one network need the same.',
    };
  },
});

type Odd = { readonly link: Link; readonly own: string; readonly bridge: Link; readonly right: string };

/** A link whose IPv4 prefix differs from that of the one bridge it is plugged into, which has an address beside it. */
function findOdd({ snapshot, from }: CheckContext): Odd | undefined {
  // Networks that route single addresses give a /32 and a gateway beyond it.
  if (from.routes?.some(({ nextHops }) => nextHops.some(({ gateway }) => gateway?.startsWith('169.254.'))))
    return undefined;
  for (const link of from.links ?? []) {
    const peer = findPeer(snapshot, link);
    const bridge = peer?.namespace.links?.find(({ ifindex }) => ifindex === peer.link.master?.ifindex);
    for (const own of bridge ? link.addresses.filter(isIpv4) : []) {
      const right = bridge?.addresses.filter(isIpv4).find((one) => contains(one, hostOf(own)) === true);
      if (bridge && right && right.split('/')[1] !== own.split('/')[1]) return { link, own, bridge, right };
    }
  }
  return undefined;
}

function isIpv4(cidr: string): boolean {
  return !cidr.includes(':');
}

function hostOf(cidr: string): string {
  return cidr.split('/')[0] ?? '';
}
