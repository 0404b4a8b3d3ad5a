/** `masq-mismatch`: a MASQUERADE or SNAT was meant for this packet and names another link or subnet. */
import { defineCheck } from './check.ts';
import { commandIn } from './shell.ts';
import { findUntranslated, translationEvidence } from './untranslated.ts';

export const masqMismatch = defineCheck({
  id: 'masq-mismatch',
  title: 'The MASQUERADE rule does not match this packet',
  needs: ['rulesets', 'routes', 'addresses'],
  silences: ['no-return-route'],
  evaluate: (context) => {
    const fault = findUntranslated(context);
    if (!fault?.mismatched) return undefined;
    const { namespace, mismatched, outLink, packet } = fault;
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: mismatched.text,
      evidence: [
        ...translationEvidence(context, fault),
        {
          source: commandIn(namespace, 'ip', 'route', 'get', packet.destination),
          value: `dev ${outLink.name}`,
        },
      ],
      fix: [],
      more: 'A translating rule exists, but its -o or -s names something else than what this packet has: a link that was renamed or replaced, or a subnet the network no longer uses. Its counters stand still while packets leave untranslated. Correct the rule; with Docker, -s SUBNET ! -o BRIDGE works whichever uplink is used.',
    };
  },
});
