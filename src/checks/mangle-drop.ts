/** `mangle-drop`: a rule of table mangle drops it, although that table is for changing packets. */
import { filterCheck } from './filter-check.ts';

export const mangleDrop = filterCheck({
  id: 'mangle-drop',
  title: 'A rule in table mangle drops the packet',
  more: 'Table mangle is meant for marks and header fields, yet a DROP works there too and iptables -L does not show it. VPN images and some firewalls use it. FORWARD of table filter never sees such a packet, and its counters stay still.',
});
