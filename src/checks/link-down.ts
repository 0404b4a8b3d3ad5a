/** `link-down`: a link on the way is administratively down (IFF_UP, netdevice(7)). */
import type { Link } from '../model/link.ts';
import { contains } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

export const linkDown = defineCheck({
  id: 'link-down',
  title: 'The link is set down',
  needs: ['links'],
  // Another route leads the packet away from the network that the link is in.
  silences: ['networks-isolated', 'docker28-direct-drop'],
  evaluate: (context) => {
    const fault =
      findFault(
        context,
        'link-down',
        ({ link }) =>
          link.kind !== 'bridge' && link.kind !== 'loopback' && !link.master && !isPeerWithout(context, link),
      ) ?? findLostSubnet(context);
    return (
      fault &&
      downCause(
        fault,
        "A link that is down neither sends nor receives, and the kernel takes the routes through it away, so that programs see 'network is unreachable' instead of silence. A veth is down until somebody sets it up; one made by hand is easily forgotten.",
      )
    );
  },
});

/** The other end has no carrier because of it, which a cause of its own says. */
function isPeerWithout({ walk }: CheckContext, link: Link): boolean {
  return walk.faults.some((fault) => fault.kind === 'no-carrier' && fault.peer?.link === link);
}

/** A link of the sender that is down and in whose subnet the destination is: its route went with it. */
function findLostSubnet({
  from,
  flow,
  walk,
  note,
}: CheckContext): Extract<Fault, { kind: 'link-down' }> | undefined {
  const [first] = walk.faults;
  if (!first || from.kind === 'host') return undefined;
  const isFor = (link: Link) => link.addresses.some((own) => contains(own, flow.destination) === true);
  const links = (from.links ?? []).filter(isFor);
  const [link] = links;
  if (!link || links.some(({ adminUp }) => adminUp)) return undefined;
  note?.(first);
  return { kind: 'link-down', namespace: from, link, direction: 'request' };
}
