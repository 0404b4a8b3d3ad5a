/** Which addresses a namespace sends to as gateways. */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Route } from '../model/route.ts';

/** The route whose next hop on the link is this address. */
export function routeVia({ routes = [] }: Namespace, link: Link, address: string): Route | undefined {
  return routes.find(({ nextHops }) =>
    nextHops.some(({ gateway, ifindex }) => gateway === address && ifindex === link.ifindex),
  );
}

export function isGateway(namespace: Namespace, link: Link, address: string): boolean {
  return routeVia(namespace, link, address) !== undefined;
}

/** Whether packets of others may be meant to pass through it: a container is no router, nor is who has one link alone. */
export function mayForward({ kind, links = [] }: Namespace): boolean {
  if (kind === 'host') return true;
  return kind !== 'container' && links.filter((link) => link.kind !== 'loopback').length > 1;
}
