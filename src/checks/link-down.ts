/** `link-down`: a link on the way is administratively down (IFF_UP, netdevice(7)). */
import type { Link } from '../model/link.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

export const linkDown = defineCheck({
  id: 'link-down',
  title: 'The link is set down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'link-down',
      ({ link }) =>
        link.kind !== 'bridge' && link.kind !== 'loopback' && !link.master && !isPeerWithout(context, link),
    );
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
