/** `publish-wrong-port`: the published port leads to a port of the container where nothing listens, while it listens on another. */
import { defineCheck } from './check.ts';
import { ruleEvidence } from './hop-rules.ts';
import { findUnheard, listenerEvidence, openPorts, translationOf } from './listeners.ts';

export const publishWrongPort = defineCheck({
  id: 'publish-wrong-port',
  title: 'The published port leads to a port where nothing listens',
  needs: ['sockets', 'rulesets'],
  evaluate: (context) => {
    const fault = findUnheard(context, 'publish-wrong-port');
    if (!fault) return undefined;
    const hop = translationOf(context, fault);
    const evidence = listenerEvidence(fault);
    return {
      // Which port the program means to serve is its own affair.
      confidence: 'likely',
      namespace: fault.namespace.name,
      subject: String(fault.packet.destinationPort),
      evidence: [
        ...(hop ? ruleEvidence(context, hop) : []),
        { ...evidence, value: `${evidence.value}; listening: ${openPorts(fault).join(', ')}` },
      ],
      fix: [],
      more: "The second number of -p HOST:CONTAINER is the port that the program inside listens on. The translation works, its counter climbs, and the container answers with a reset, because nothing is bound there; it does listen on another port. Publish that one, or change the program's port; a running container has to be made anew for it.",
    };
  },
});
