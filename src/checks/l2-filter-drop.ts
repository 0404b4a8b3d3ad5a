/** `l2-filter-drop`: a rule for bridged frames drops it (nftables family bridge, ebtables). */
import { filterCheck } from './filter-check.ts';

export const l2FilterDrop = filterCheck({
  id: 'l2-filter-drop',
  title: 'A rule for bridged frames drops the packet',
  more: 'Bridges have hooks of their own, below IP: rules of the nftables family bridge and of ebtables see every frame between two ports, and ARP as well. No iptables counter moves for what they drop, and to the sender the neighbour seems to be gone.',
});
