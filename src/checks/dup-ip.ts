/** `dup-ip`: two namespaces on one bridge have the same address (RFC 5227). */
import { defineCheck } from './check.ts';
import { commandIn } from './shell.ts';
import { findTwins } from './twins.ts';

export const dupIp = defineCheck({
  id: 'dup-ip',
  title: 'Two namespaces on one bridge have the same address',
  needs: ['links', 'addresses'],
  weight: 'degrades',
  // The other one has got the packet.
  silences: ['svc-not-listening', 'svc-listens-loopback', 'stale-arp', 'fdb-wrong', 'no-return-route'],
  evaluate: (context) => {
    const twins = findTwins(context, 'address');
    const [first] = twins?.members ?? [];
    if (!twins || !first) return undefined;
    return {
      // Both addresses were read, and both links are up on one bridge.
      confidence: 'proven',
      namespace: first.namespace.name,
      subject: twins.shared,
      evidence: twins.members.map(({ namespace, link }) => ({
        source: commandIn(namespace, 'ip', 'address', 'show', 'dev', link.name),
        value: `${namespace.name} ${link.name}: ${twins.shared}, ${link.mac}`,
      })),
      fix: [],
      more: "Both answer when somebody asks who has the address, and whoever is heard last gets the packets until the neighbour entry is asked for again: it works half the time, or the wrong service answers. An address given by hand inside a network's pool, a container brought back with an old configuration, or two engines with one subnet are the usual reasons. Take it away from one of them.",
    };
  },
});
