/** `host-no-upstream`: the host cannot reach the destination either: no route, or its own OUTPUT drops it. */
import { defineCheck, findFault } from './check.ts';
import { deleteRule, filterEvidence, filterSubject, findFiltered } from './filtered.ts';
import { missingRoute } from './missing-route.ts';
import { commandIn, ipFor } from './shell.ts';

const MORE =
  'Before blaming a container, try the same from the host: what the host cannot reach, no container behind it can. Look at its uplink, its default route and its own firewall first.';

export const hostNoUpstream = defineCheck({
  id: 'host-no-upstream',
  title: 'The host itself cannot reach the destination',
  needs: ['routes', 'rulesets'],
  evaluate: (context) => {
    const filtered = findFiltered(context, 'host-no-upstream');
    if (filtered)
      return {
        confidence: 'likely',
        namespace: filtered.namespace.name,
        subject: filterSubject(filtered),
        evidence: filterEvidence(filtered),
        fix: deleteRule(filtered),
        more: MORE,
      };
    const fault = findFault(
      context,
      'no-route',
      ({ forwarding, refusal, namespace, direction }) =>
        refusal.how === 'none' && direction === 'request' && (forwarding || namespace.kind === 'host'),
    );
    if (!fault) return undefined;
    const { namespace, destination } = fault;
    return {
      // All routes were read and none fits: the kernel's lookup fails in the same way.
      confidence: 'proven',
      namespace: namespace.name,
      subject: 'default route',
      evidence: [
        {
          source: commandIn(namespace, ...ipFor(destination), 'route', 'show'),
          value: missingRoute(namespace, destination),
        },
      ],
      fix: [],
      more: MORE,
    };
  },
});
