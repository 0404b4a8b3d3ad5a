/** `nft-native-drop`: a chain of nftables itself drops it, which iptables does not show. */
import { filterCheck } from './filter-check.ts';

export const nftNativeDrop = filterCheck({
  id: 'nft-native-drop',
  title: 'A chain of nftables drops the packet, out of sight of iptables',
  more: "nftables tables and iptables' own hang on the same hooks, and every base chain there is asked: an accept ends one chain only, a drop in any of them is final. So iptables can show everything accepted while a table of firewalld, of a VPN client or of /etc/nftables.conf drops it. Accept the containers' traffic in that table, or narrow what it drops; an accept elsewhere does not help.",
});
