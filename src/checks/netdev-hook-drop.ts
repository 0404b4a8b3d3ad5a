/** `netdev-hook-drop`: an nftables chain on the link itself drops it, at ingress or egress. */
import { filterCheck } from './filter-check.ts';

export const netdevHookDrop = filterCheck({
  id: 'netdev-hook-drop',
  title: 'An nftables chain on the link itself drops the packet',
  more: 'Chains of the nftables family netdev hang on one link, before anything else looks at what comes in, or after everything at what leaves. A capture on the link still shows the packet; PREROUTING and all counters of iptables stay still. ARP can die there too, and then the neighbour seems to be gone.',
});
