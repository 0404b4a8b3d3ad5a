/** `dnat-stale`: a rule translates the destination to an address that nobody has any more. */

import { defineCheck } from './check.ts';
import { deleteHopRule, ruleEvidence } from './hop-rules.ts';
import { findTranslation, findUnowned, silenceEvidence } from './unowned.ts';

export const dnatStale = defineCheck({
  id: 'dnat-stale',
  title: 'A DNAT rule leads to an address that nobody has',
  needs: ['rulesets', 'links', 'addresses'],
  evaluate: (context) => {
    const fault = findUnowned(context, 'dnat-stale');
    const hop = fault && findTranslation(context, fault.address);
    if (!fault || !hop) return undefined;
    return {
      confidence: 'likely',
      namespace: hop.namespace,
      subject: fault.address,
      evidence: [...ruleEvidence(context, hop), silenceEvidence(fault)],
      fix: deleteHopRule(context, hop),
      more: 'A published port is a rule that replaces the destination by the address of the container. Rules outlive their container when the engine crashes, or when a saved set is restored at boot: then an old one matches first and sends everybody to an address that is gone, or is another container by now. Delete the old rule; restarting the container writes the right one.',
    };
  },
});
