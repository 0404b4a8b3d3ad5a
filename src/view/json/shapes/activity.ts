/** Sockets, tracked connections and resolver settings in a snapshot file. */
import type { Conntrack, ConntrackEntry, ConntrackTuple } from '../../../model/conntrack.ts';
import type { Counters } from '../../../model/firewall.ts';
import type { Resolver, ResolverSettings, Upstream } from '../../../model/resolver.ts';
import type { Socket, SocketOwner } from '../../../model/socket.ts';
import { flag, list, number, object, oneOf, optional, type Shape, text } from '../decode.ts';

const texts = list(text);
const family = oneOf('ipv4', 'ipv6');

export const socket = object<Socket>({
  protocol: oneOf('tcp', 'udp'),
  family,
  address: text,
  port: number,
  state: text,
  receiveQueue: number,
  backlog: optional(number),
  uid: number,
  inode: number,
  v6only: optional(flag),
  ifindex: optional(number),
  owners: optional(list(object<SocketOwner>({ pid: number, name: text, container: optional(text) }))),
});

const tuple = object<ConntrackTuple>({
  source: text,
  destination: text,
  sourcePort: optional(number),
  destinationPort: optional(number),
  icmp: optional(object<NonNullable<ConntrackTuple['icmp']>>({ type: number, code: number, id: number })),
  zone: optional(number),
});
const counters = object<Counters>({ packets: number, bytes: number });
const entry = object<ConntrackEntry>({
  id: number,
  family,
  protocol: text,
  state: optional(text),
  status: texts,
  timeoutS: optional(number),
  original: tuple,
  reply: tuple,
  zone: number,
  mark: number,
  counters: optional(
    object<NonNullable<ConntrackEntry['counters']>>({ original: counters, reply: counters }),
  ),
  helper: optional(text),
});
export const conntrack = object<Conntrack>({
  entries: list(entry),
  total: number,
  count: optional(number),
  max: optional(number),
});

const resolverSettings: Shape<ResolverSettings> = {
  path: text,
  container: optional(text),
  source: oneOf('process', 'engine', 'netns', 'host'),
  nameservers: texts,
  search: texts,
  options: texts,
  embedded: flag,
  upstreams: optional(list(object<Upstream>({ address: text, fromHost: flag }))),
  upstreamsFrom: optional(oneOf('container', 'daemon', 'host', 'default')),
};
export const resolver = object<Resolver>({
  ...resolverSettings,
  others: optional(list(object<ResolverSettings>(resolverSettings))),
});
