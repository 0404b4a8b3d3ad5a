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
