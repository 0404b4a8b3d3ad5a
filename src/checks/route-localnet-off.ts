/** `route-localnet-off`: a loopback address would have to leave by a link, or come in by one (route_localnet, ip-sysctl.rst). */
import type { Namespace } from '../model/namespace.ts';
import { PROTOCOL } from '../path/netfilter/packet.ts';
import { familyOf, isLoopback } from '../path/prefix.ts';
import { lookUp } from '../path/route/lookup.ts';
import { setting } from '../path/route/settings.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { commandIn, sysctlOf } from './shell.ts';

export const routeLocalnetOff = defineCheck({
  id: 'route-localnet-off',
  title: 'A loopback address must not cross this link',
  needs: ['sysctls', 'routes'],
  evaluate: (context) => {
    const fault = findRefused(context);
    if (!fault) return undefined;
    const { namespace, link, detail } = fault;
    const key = sysctlOf('ipv4', link, 'route_localnet');
    return {
      // The kernel asks this very switch for a source or destination in 127.0.0.0/8.
      confidence: 'proven',
      namespace: namespace.name,
      subject: key,
      evidence: [{ source: commandIn(namespace, 'sysctl', key), value: `0: ${detail}` }],
      fix: [commandIn(namespace, 'sysctl', '-w', `${key}=1`)],
      more: "127.0.0.0/8 never leaves its namespace, unless route_localnet is 1 on the link. A published port that is asked for at 127.0.0.1 is translated to the container's address and keeps 127.0.0.1 as its source, so that it needs that switch; docker-proxy works without it. Docker sets it only with the userland proxy off.",
    };
  },
});

/** The link, and the packet that must not pass it, in words. */
function findRefused(
  context: CheckContext,
): { readonly namespace: Namespace; readonly link: string; readonly detail: string } | undefined {
  const arriving = findFault(
    context,
    'source-refused',
    ({ refusal, packet }) =>
      refusal.how === 'martian' && isLoopback(packet.destination) && !isLoopback(packet.source),
  );
  if (arriving)
    return { namespace: arriving.namespace, link: arriving.link.name, detail: arriving.refusal.detail };
  const leaving = findFault(context, 'no-route', ({ refusal }) => refusal.how === 'martian');
  if (!leaving) return undefined;
  const { namespace, destination, refusal } = leaving;
  const family = familyOf(destination) ?? 'ipv4';
  const way = lookUp(namespace, { family, destination, mark: 0, protocol: PROTOCOL.tcp });
  if (way.kind !== 'found' || setting(namespace.sysctls, 'ipv4', way.link, 'route_localnet') !== 0)
    return undefined;
  return { namespace, link: way.link, detail: refusal.detail };
}
