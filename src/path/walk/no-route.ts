/** A packet that no route takes: what is behind it, as far as the tables say. */
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import { isLoopback } from '../prefix.ts';
import type { Fault, Refusal } from './fault.ts';
import type { StepResult } from './state.ts';

/** A link that is down or without an address takes its routes with it (fib_sync_down_dev); else the route itself is missing or refuses. */
export function noRoute(
  namespace: Namespace,
  { destination, family }: Packet,
  refusal: Refusal,
  { forwarding }: { readonly forwarding: boolean },
): StepResult {
  const direction = 'request';
  const fault: Fault = {
    kind: 'no-route',
    namespace,
    destination,
    refusal,
    forwarding,
    direction,
    ...(refusal.route ? { route: refusal.route } : {}),
  };
  const refuses = refusal.how !== 'none';
  const detail = refuses ? refusal.detail : `${namespace.name} has no route to ${destination}`;
  const outward = (namespace.links ?? []).filter(({ kind }) => kind !== 'loopback');
  const down = outward.filter((link) => !link.adminUp);
  const addressed = (namespace.addresses ?? []).some(
    (one) => one.family === family && one.scope !== 'link' && !isLoopback(one.address),
  );
  const [first] = outward;
  const faults: readonly Fault[] =
    refuses || forwarding || !first
      ? [fault]
      : down.length === outward.length
        ? down.map((link): Fault => ({ kind: 'link-down', namespace, link, direction }))
        : addressed
          ? [fault]
          : [{ kind: 'no-address', namespace, family, link: first, direction }];
  return {
    hops: [{ namespace, stage: 'route', verdict: 'drop', detail }],
    faults,
    end: { how: 'lost' },
  };
}
