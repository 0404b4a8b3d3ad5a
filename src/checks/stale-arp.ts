/** `stale-arp`: the neighbour table names a MAC that the owner of the address does not have (ip-neighbour(8)). */

import type { Fault } from '../path/walk/fault.ts';
import { type CauseDetails, type CheckContext, defineCheck, findFault } from './check.ts';
import { isGateway } from './gateways.ts';
import { commandIn, ipFor } from './shell.ts';

type Wrong = Extract<Fault, { kind: 'neighbour-wrong' }>;

export const staleArp = defineCheck({
  id: 'stale-arp',
  title: 'The neighbour table has a wrong MAC for the address',
  needs: ['neighbours', 'links', 'addresses'],
  evaluate: (context) => {
    const fault = findWrong(context, (one) => !isUplinkGateway(one));
    return (
      fault &&
      wrongNeighbour(
        fault,
        'Frames are addressed by MAC, and the neighbour table says which MAC an address has. When an address moves to another link, or somebody wrote the entry by hand (PERMANENT), frames go to a MAC that nobody has any more, or whose owner throws them away; its counter otherhost climbs (ip -s -s link). An entry that was learned ages and mends itself in time, one by hand never.',
      )
    );
  },
});

export function findWrong(context: CheckContext, fits: (fault: Wrong) => boolean): Wrong | undefined {
  return findFault(context, 'neighbour-wrong', fits);
}

/** Whether the host itself leaves by this neighbour. */
export function isUplinkGateway({ namespace, link, neighbour }: Wrong): boolean {
  return namespace.kind === 'host' && isGateway(namespace, link, neighbour.address);
}

export function wrongNeighbour({ namespace, link, neighbour, owner }: Wrong, more: string): CauseDetails {
  const { address, mac = 'none', state } = neighbour;
  const ip = ipFor(address);
  return {
    // Both tables were read: the frame goes to the MAC of the entry, and the owner takes frames for its own alone.
    confidence: 'proven',
    namespace: namespace.name,
    subject: `${address} on ${link.name}`,
    evidence: [
      {
        source: commandIn(namespace, ...ip, 'neigh', 'show', address, 'dev', link.name),
        value: `lladdr ${mac} ${state}`,
      },
      {
        source: commandIn(owner.namespace, 'ip', 'link', 'show', 'dev', owner.link.name),
        value: `link/ether ${owner.link.mac}`,
      },
    ],
    fix: [commandIn(namespace, ...ip, 'neigh', 'del', address, 'dev', link.name)],
    more,
  };
}
