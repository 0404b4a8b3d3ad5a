/** `bridge-port-down`: the host's end of the pair, a bridge port, is down; the container's end loses its carrier. */
import { carrierCause } from './carrier-cause.ts';
import { defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';

const MORE =
  "The container's link is one end of a veth pair whose other end is a port of the bridge. While that port is down, the container's end shows NO-CARRIER and nothing it sends arrives, nor anything that is sent to it.";

export const bridgePortDown = defineCheck({
  id: 'bridge-port-down',
  title: 'The bridge port at the other end is down',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-carrier', ({ peer }) => Boolean(peer?.link.master));
    if (fault) return carrierCause(fault, MORE);
    // What is sent to the container finds the port itself down.
    const port = findFault(context, 'link-down', ({ link }) => Boolean(link.master));
    return port && downCause(port, MORE);
  },
});
