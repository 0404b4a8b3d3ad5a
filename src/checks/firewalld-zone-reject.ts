/** `firewalld-zone-reject`: firewalld's own chain at FORWARD rejects what comes from a link that is in no zone. */
import { filterCheck } from './filter-check.ts';
import type { Filtered } from './filtered.ts';
import { commandIn } from './shell.ts';

export const firewalldZoneReject = filterCheck({
  id: 'firewalld-zone-reject',
  title: 'firewalld rejects it: the link is in no zone that lets it pass',
  fix: intoZone,
  more: "firewalld's nftables backend has a forward chain of its own, behind those of iptables, which ends in a reject for every link that is in no zone. The sender is told 'administratively prohibited', which programs print as 'No route to host', while iptables shows everything accepted. Docker puts its bridges into its zone; a bridge made by hand, or one that firewalld forgot when it was loaded again, is in none.",
});

function intoZone({ namespace, direction, inLink, outLink }: Filtered): readonly string[] {
  const inner = direction === 'answer' ? outLink : inLink;
  if (!inner) return [];
  return [commandIn(namespace, 'firewall-cmd', '--zone=trusted', `--add-interface=${inner.name}`)];
}
