/** `dup-mac`: two links on one bridge have the same MAC, and the bridge learns it now here and now there (br_fdb_update). */
import { defineCheck } from './check.ts';
import { commandIn } from './shell.ts';
import { findTwins } from './twins.ts';

export const dupMac = defineCheck({
  id: 'dup-mac',
  title: 'Two links on one bridge have the same MAC',
  needs: ['links'],
  weight: 'degrades',
  // The other one has got the packet, which is not for it.
  silences: ['fdb-wrong', 'stale-arp', 'ctr-wrong-gateway', 'hairpin-off', 'host-no-upstream'],
  evaluate: (context) => {
    const twins = findTwins(context, 'mac');
    const [first] = twins?.members ?? [];
    if (!twins || !first) return undefined;
    return {
      // Both MACs were read, and both links are up on one bridge.
      confidence: 'proven',
      namespace: first.namespace.name,
      subject: twins.shared,
      evidence: twins.members.map(({ namespace, link }) => ({
        source: commandIn(namespace, 'ip', 'link', 'show', 'dev', link.name),
        value: `${namespace.name} ${link.name}: ${twins.shared}`,
      })),
      fix: [],
      more: 'A bridge sends a frame to the port where it heard the MAC last. With two of them, each packet that one sends takes the traffic of the other away, and connections break and come back. A mac_address that was copied along with a container, or an image of a machine that was started twice, is the usual reason. Create one of them anew without it.',
    };
  },
});
