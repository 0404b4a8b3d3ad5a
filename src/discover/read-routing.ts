/** What decides over routes in a namespace, read at once and synchronously: addresses, routes, policy rules, neighbours, sysctls. */
import { readAddresses } from '../../probes/addresses.ts';
import { readNeighbours } from '../../probes/neighbours.ts';
import type { Rtnetlink } from '../../probes/netlink/socket.ts';
import { readPolicyRules } from '../../probes/policy-rules.ts';
import { readRoutes } from '../../probes/routes.ts';
import { readSysctls } from '../../probes/sysctls.ts';
import type { NamespaceFacts } from '../model/facts.ts';
import type { NamespaceHandle } from '../system/system.ts';

export type RoutingFacts = Required<
  Pick<NamespaceFacts, 'addresses' | 'routes' | 'policyRules' | 'neighbours' | 'sysctls'>
>;

/** Throws what the probes throw (`NetlinkError`, `SystemError`). */
export function readRouting(handle: NamespaceHandle, rtnetlink: Rtnetlink): RoutingFacts {
  return {
    addresses: readAddresses(rtnetlink).entries,
    routes: readRoutes(rtnetlink).entries,
    policyRules: readPolicyRules(rtnetlink),
    neighbours: readNeighbours(rtnetlink).entries,
    sysctls: readSysctls(handle),
  };
}
