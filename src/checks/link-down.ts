/** `link-down`: a link on the way is administratively down (IFF_UP, netdevice(7)). */
import { defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

export const linkDown = defineCheck({
  id: 'link-down',
  title: 'The link is set down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'link-down',
      ({ link }) => link.kind !== 'bridge' && link.kind !== 'loopback',
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
