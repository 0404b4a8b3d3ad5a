/** What the causes of a veth in the wrong place share. */
import type { CauseDetails } from './check.ts';
import { commandIn, shellCommand } from './shell.ts';
import type { Misplaced } from './veth-intent.ts';

/** What a container that is not on its bridge looks like: rules for another link, and nobody where it is asked for. */
export const CONSEQUENCES = [
  'forward-policy-drop',
  'networks-isolated',
  'network-internal',
  'br-netfilter-drop',
  'docker28-direct-drop',
  'destination-unowned',
  'ctr-wrong-gateway',
  'dnat-stale',
  'masq-missing',
  'masq-mismatch',
  'rp-filter-strict',
  'arp-suppressed',
  'stale-arp',
  'fdb-wrong',
] as const;

export function misplacedCause(
  { container, network, host, end, bridge }: Misplaced,
  more: string,
): CauseDetails {
  return {
    // The kernel says which bridge the link is a port of, the engine which one it must be; without one, the subnets do.
    confidence: network ? 'proven' : 'likely',
    namespace: host.name,
    subject: end.name,
    evidence: [
      {
        source: commandIn(host, 'ip', 'link', 'show', 'dev', end.name),
        value: end.master ? `master ${end.master.name}` : 'no master',
      },
      network
        ? {
            source: shellCommand('docker', 'network', 'inspect', network.name),
            value: `${container.name} is on it, bridge ${bridge.name}`,
          }
        : {
            source: commandIn(host, 'ip', 'address', 'show', 'dev', bridge.name),
            value: `${bridge.addresses.join(', ')}: the subnet of ${container.name}`,
          },
    ],
    fix: [commandIn(host, 'ip', 'link', 'set', 'dev', end.name, 'master', bridge.name)],
    more,
  };
}
