/** `ttl-hop-limit`: a rule writes a TTL that does not last for the way (ip_forward, ICMP type 11 code 0, RFC 792). */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const ttlHopLimit = defineCheck({
  id: 'ttl-hop-limit',
  title: 'The TTL of the packet is used up on the way',
  needs: ['rulesets'],
  evaluate: (context) => {
    const fault = findFault(context, 'ttl-expired');
    if (!fault) return undefined;
    const { namespace, link, packet, ttl, direction } = fault;
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: `${packet.source} → ${packet.destination}`,
      evidence: [
        { source: `way of the ${direction}`, value: `reaches ${link.name} with TTL ${ttl}` },
        { source: commandIn(namespace, 'nstat', '-az', 'IcmpOutTimeExcds'), value: 'counts each one' },
      ],
      fix: [],
      more: 'Each router takes one from the TTL, and the host is a router for its containers. What arrives there with 1 is good for the host itself and for nobody behind it: so the metadata service of clouds keeps its answers from containers (hop limit 1), and rules with TTL --ttl-set do the same. The host reaches it, its containers do not. Raise the hop limit, or the value in the rule, by one for each router.',
    };
  },
});
