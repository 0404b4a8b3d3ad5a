/** `no-carrier`: the link is up, its other end is not (IFF_LOWER_UP, netdevice(7)). */

import { carrierCause } from './carrier-cause.ts';
import { defineCheck, findFault } from './check.ts';

export const noCarrier = defineCheck({
  id: 'no-carrier',
  title: 'The link is up, but its other end is not',
  needs: ['links'],
  evaluate: (context) => {
    const fault = findFault(context, 'no-carrier', ({ peer }) => !peer?.link.master);
    return (
      fault &&
      carrierCause(
        fault,
        'A veth pair is like a cable: one end has a carrier only while the other is up. NO-CARRIER here means that the peer is down, or that the device at the other end was taken away.',
      )
    );
  },
});
