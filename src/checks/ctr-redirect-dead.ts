/** `ctr-redirect-dead`: the sender's own rules turn the connection to a port of its own where nothing listens. */
import { defineCheck } from './check.ts';
import { deleteHopRule, ruleEvidence } from './hop-rules.ts';
import { findUnheard, listenerEvidence, translationOf } from './listeners.ts';

export const ctrRedirectDead = defineCheck({
  id: 'ctr-redirect-dead',
  title: "The sender's own rules redirect to a port where nothing listens",
  needs: ['sockets', 'rulesets'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'ctr-redirect-dead');
    const hop = fault && translationOf(context, fault);
    if (!hop) return undefined;
    return {
      confidence: 'likely',
      namespace: fault.namespace.name,
      subject: String(fault.packet.destinationPort),
      evidence: [...ruleEvidence(context, hop), listenerEvidence(fault)],
      fix: deleteHopRule(context, hop),
      more: 'Service meshes and transparent proxies write a REDIRECT into the network namespace of the container, so that all its connections go to a proxy beside it. Until that proxy listens, or once it has died, everything is refused at once, wherever it was meant to go. Start the proxy, or take the rule away.',
    };
  },
});
