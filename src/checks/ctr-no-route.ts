/** `ctr-no-route`: the sending namespace has no route to the destination; connect(2) fails with ENETUNREACH. */
import { familyOf } from '../path/prefix.ts';
import { defineCheck, findFault } from './check.ts';
import { missingRoute } from './missing-route.ts';
import { commandIn, ipFor } from './shell.ts';

export const ctrNoRoute = defineCheck({
  id: 'ctr-no-route',
  title: 'The sender has no route to the destination',
  needs: ['links', 'addresses', 'routes'],
  evaluate: (context) => {
    const fault = findFault(
      context,
      'no-route',
      ({ forwarding, refusal, namespace, direction }) =>
        !forwarding && refusal.how === 'none' && namespace.kind !== 'host' && direction === 'request',
    );
    if (!fault) return undefined;
    const { namespace, destination } = fault;
    const gateway = namespace.containers[0]?.endpoints
      .map((endpoint) => endpoint.gateway)
      .find((one) => one !== undefined && familyOf(one) === familyOf(destination));
    const hasDefault = namespace.routes?.some(
      (route) => route.destination === 'default' && route.family === familyOf(destination),
    );
    return {
      // All routes were read, and tables that only policy rules reach hold none: the lookup fails here as in the kernel.
      confidence: 'proven',
      namespace: namespace.name,
      subject: hasDefault ? destination : 'default route',
      evidence: [
        {
          source: commandIn(namespace, ...ipFor(destination), 'route', 'show'),
          value: missingRoute(namespace, destination),
        },
      ],
      fix: gateway
        ? [commandIn(namespace, ...ipFor(destination), 'route', 'add', 'default', 'via', gateway)]
        : [],
      more: "A packet needs a route before it needs anything else. Containers get their default route from one of their networks; an entrypoint, a VPN client or an internal network can leave them without. The program then sees 'Network is unreachable' at once, without a packet on the wire.",
    };
  },
});
