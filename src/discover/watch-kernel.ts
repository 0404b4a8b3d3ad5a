/**
 * What the kernel tells by multicast, of every namespace with an nsid here (netlink(7), NETLINK_LISTEN_ALL_NSID):
 * rtnetlink(7) of links, addresses, routes, neighbours, nsids and sysctls, and nf_tables of rules. Legacy iptables tells nothing.
 */
import { parseNeighbour } from '../../probes/neighbours.ts';
import { decodeDatagram, type Payload } from '../../probes/netlink/message.ts';
import { RTM } from '../../probes/netlink/rtnetlink.ts';
import { OWN_NAMESPACE } from '../model/nsfs.ts';
import {
  type EventSocket,
  type Groups,
  type NetlinkEvent,
  type System,
  SystemError,
} from '../system/system.ts';
import type { Change, Where } from './change.ts';

/** RTNLGRP_* of linux/rtnetlink.h: link, neighbour, addresses, routes, netconf, nsid; of both families. */
const ROUTE_GROUPS = [1, 3, 5, 7, 9, 11, 24, 25, 28];
/** NFNLGRP_NFTABLES of linux/netfilter/nfnetlink.h; iptables-nft is told here too, and reading is not. */
const NETFILTER_GROUPS = [7];
const TABLE_TYPES: ReadonlySet<number> = new Set([
  RTM.newNeighbour,
  RTM.delNeighbour,
  RTM.newRoute,
  RTM.delRoute,
]);
const NETCONF_TYPES: ReadonlySet<number> = new Set([RTM.newNetconf, RTM.delNetconf]);
const NSID_TYPES: ReadonlySet<number> = new Set([RTM.newNsid, RTM.delNsid]);

/** Listens until `signal` aborts. */
export async function watchKernel(
  system: System,
  changed: (change: Change) => void,
  signal: AbortSignal,
): Promise<void> {
  const socket = listen(system);
  signal.addEventListener('abort', socket.close);
  if (signal.aborted) socket.close();
  for await (const event of socket.events()) for (const change of judgeEvent(event)) changed(change);
}

/** A kernel without nfnetlink has no rules in nf_tables to tell of. */
function listen({ namespaces }: System): EventSocket {
  const handle = namespaces.open(OWN_NAMESPACE);
  const route: Groups = { route: ROUTE_GROUPS };
  try {
    return handle.listen({ ...route, netfilter: NETFILTER_GROUPS });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return handle.listen(route);
  } finally {
    handle.close();
  }
}

/**
 * A neighbour entry of a multicast address: the kernel makes it for itself, and throws those of all namespaces away
 * together every half minute or so (neigh_periodic_work), which would mean to read them all.
 */
function isOfMulticast(payload: Payload): boolean {
  if (payload.type !== RTM.newNeighbour && payload.type !== RTM.delNeighbour) return false;
  const { state, family, address = '' } = parseNeighbour(payload) ?? {};
  if (state !== 'NOARP') return false;
  return family === 'ipv6' ? address.startsWith('ff') : /^2(2[4-9]|3\d)\./.test(address);
}

/** What may have changed. Where events were lost, all that they could have told. */
export function judgeEvent(event: NetlinkEvent): readonly Change[] {
  if (event.kind === 'lost')
    return event.protocol === 'netfilter'
      ? [{ kind: 'rulesets' }]
      : [{ kind: 'wiring' }, { kind: 'sysctls' }];
  const where: Where = event.nsid === undefined ? 'own' : { nsid: event.nsid };
  if (event.protocol === 'netfilter') return [{ kind: 'rulesets', where }];
  const payloads = decodeDatagram(event.bytes).payloads.filter((payload) => !isOfMulticast(payload));
  if (payloads.length === 0) return [];
  const types = payloads.map(({ type }) => type);
  if (types.every((type) => TABLE_TYPES.has(type))) return [{ kind: 'tables', where }];
  if (types.every((type) => NETCONF_TYPES.has(type))) return [{ kind: 'sysctls', where }];
  // A namespace got a number, or lost it: there is one more, or one less.
  if (types.some((type) => NSID_TYPES.has(type))) return [{ kind: 'wiring' }];
  return [{ kind: 'wiring', where }];
}
