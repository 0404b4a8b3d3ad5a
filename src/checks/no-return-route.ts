/** `no-return-route`: the request arrives, and the one who answers, or somebody on the way back, has no route to the sender. */
import { defineCheck, findFault } from './check.ts';
import { missingRoute } from './missing-route.ts';
import { commandIn } from './shell.ts';

export const noReturnRoute = defineCheck({
  id: 'no-return-route',
  title: 'The answer finds no way back',
  needs: ['routes', 'policyRules'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'no-route',
      ({ direction, refusal }) => direction === 'answer' && refusal.how === 'none',
    );
    if (!fault) return undefined;
    const { namespace, destination } = fault;
    return {
      // All routes were read and none fits: the kernel's lookup fails in the same way.
      confidence: 'proven',
      namespace: namespace.name,
      subject: destination,
      evidence: [
        {
          source: commandIn(namespace, 'ip', 'route', 'get', destination),
          value: missingRoute(namespace, destination),
        },
      ],
      fix: [],
      more: 'Every connection needs a route in both directions. The request came through, so links, rules and services can all be healthy; the answer is thrown away where nobody knows the way to the sender. Add the route there, or translate the source on the way (MASQUERADE), so that the answer goes to an address that is known.',
    };
  },
});
