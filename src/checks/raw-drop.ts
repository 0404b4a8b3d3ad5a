/** `raw-drop`: a rule of table raw drops it, before connection tracking and routing. */
import { filterCheck } from './filter-check.ts';

export const rawDrop = filterCheck({
  id: 'raw-drop',
  title: 'A rule in table raw drops the packet',
  more: 'Table raw comes before everything else, and iptables -L does not show it. What it drops leaves no trace in connection tracking, NAT or FORWARD. Newer Docker puts rules there that keep others from reaching container addresses directly; firewall scripts use it against spoofing.',
});
