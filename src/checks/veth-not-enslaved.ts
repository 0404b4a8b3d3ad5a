/** `veth-not-enslaved`: the host's end of the container's pair is no port of any bridge (`ip link set … nomaster`). */
import { defineCheck } from './check.ts';
import { CONSEQUENCES, misplacedCause } from './misplaced.ts';
import { findMisplaced } from './veth-intent.ts';

export const vethNotEnslaved = defineCheck({
  id: 'veth-not-enslaved',
  title: "The container's veth is not in the bridge of its network",
  needs: ['links', 'networks', 'containers'],
  silences: CONSEQUENCES,
  evaluate: (context) => {
    const place = findMisplaced(context);
    if (!place || place.end.master) return undefined;
    return misplacedCause(
      place,
      'The engine makes the host end of the pair a port of the bridge. Network managers of the host grab new veths, ask DHCP on them and take them out of the bridge again, most often at boot or when a container restarts. The host still answers ARP for the gateway on that end, so that the neighbour looks fine, and what comes back never finds the container. Mark veth*, br-* and docker* as unmanaged.',
    );
  },
});
