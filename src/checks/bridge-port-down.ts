/** `bridge-port-down`: the host's end of the pair, a bridge port, is down; the container's end loses its carrier. */
import { carrierCause } from './carrier-cause.ts';
import { defineCheck, findFault } from './check.ts';

export const bridgePortDown = defineCheck({
  id: 'bridge-port-down',
  title: 'The bridge port at the other end is down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-carrier', ({ peer }) => Boolean(peer?.link.master));
    return (
      fault &&
      carrierCause(
        fault,
        "The container's link is one end of a veth pair whose other end is a port of the bridge. While that port is down, the container's end shows NO-CARRIER and nothing it sends arrives.",
      )
    );
  },
});
