/** Addresses, routes and neighbours in a snapshot file. */
import type { Address } from '../../../model/address.ts';
import type { Neighbour } from '../../../model/neighbour.ts';
import type { NextHop, Route } from '../../../model/route.ts';
import { list, number, object, oneOf, optional, text } from '../decode.ts';

const texts = list(text);
const family = oneOf('ipv4', 'ipv6');

export const address = object<Address>({
  ifindex: number,
  family,
  address: text,
  prefixLength: number,
  pointToPoint: optional(text),
  broadcast: optional(text),
  scope: text,
  flags: texts,
});

export const route = object<Route>({
  family,
  destination: text,
  type: text,
  table: text,
  protocol: text,
  scope: text,
  source: optional(text),
  metric: optional(number),
  tos: optional(number),
  from: optional(text),
  preference: optional(oneOf('low', 'high')),
  mtu: optional(number),
  encapsulation: optional(number),
  nextHopId: optional(number),
  nextHops: list(
    object<NextHop>({
      gateway: optional(text),
      ifindex: optional(number),
      weight: optional(number),
      encapsulation: optional(number),
      flags: texts,
    }),
  ),
});

export const neighbour = object<Neighbour>({
  ifindex: number,
  family,
  address: text,
  mac: optional(text),
  state: text,
  flags: texts,
});
