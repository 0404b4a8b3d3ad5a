/** Links in a snapshot file. */
import type { Link, LinkStats, Peer } from '../../../model/link.ts';
import { flag, list, nullable, number, object, optional, text } from '../decode.ts';
import { linkDetails, linkPort, linkXdp } from './link-details.ts';

const texts = list(text);

const stats = object<LinkStats>({
  rxBytes: number,
  txBytes: number,
  rxPackets: number,
  txPackets: number,
  rxErrors: number,
  txErrors: number,
  rxDropped: number,
  txDropped: number,
});

const end = object<Peer>({ namespace: text, ifindex: number, name: text });

export const link = object<Link>({
  ifindex: number,
  name: text,
  kind: text,
  mac: text,
  mtu: number,
  operState: text,
  adminUp: flag,
  carrier: flag,
  noArp: optional(flag),
  stats: optional(stats),
  details: optional(linkDetails),
  port: optional(linkPort),
  xdp: optional(linkXdp),
  promiscuity: optional(number),
  group: optional(number),
  txQueueLength: optional(number),
  alias: optional(text),
  addresses: texts,
  peer: nullable(end),
  peerUnknown: optional(text),
  parent: optional(end),
  parentUnknown: optional(text),
  master: nullable(object({ ifindex: number, name: text })),
  network: nullable(text),
});
