/**
 * What the model says of a packet in the router: the hooks one after the other, with the routing between them. The
 * town's routes are few and known, so they are decided here; netfilter alone is on trial.
 */
import { evaluateHook, type HookResult } from '../../../src/path/netfilter/evaluate-hook.ts';
import type { Firewall } from '../../../src/path/netfilter/firewall.ts';
import { type Connection, type Packet, TCP_FLAG, type Tuple } from '../../../src/path/netfilter/packet.ts';
import type { HookName } from '../../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../../src/path/netfilter/surroundings.ts';
import { encodePacket, type WirePacket } from './frame.ts';
import { DEFAULT_LINK, TOWN_LINKS, type TownLink } from './town.ts';

/** A connection that its first packet has made, as later packets meet it. */
export type Known = {
  readonly original: Tuple;
  /** As the first packet left, or was delivered. */
  readonly leaving: Tuple;
  readonly sourceTranslated: boolean;
  readonly destinationTranslated: boolean;
  readonly mark: number | 'unknown';
};

export type Arrival = {
  /** The router's link; absent: the router sends it. */
  readonly link?: string;
  readonly mark: number;
  readonly packet: WirePacket;
  readonly known?: Known;
  readonly direction: 'original' | 'reply';
};

export type Met = HookResult['met'][number] & { readonly hook: HookName };

export type ModelStory = {
  readonly end:
    | { readonly kind: 'left'; readonly link: string }
    | { readonly kind: 'delivered' }
    | { readonly kind: 'dropped' }
    | { readonly kind: 'rejected'; readonly with: string }
    /** By a rule that drops, rejects, or hands on: nobody can tell which. */
    | { readonly kind: 'unknown' }
    /** Turned back to the router itself, which these tests do not follow. */
    | { readonly kind: 'beyond' };
  readonly hook: HookName;
  readonly packet: Packet;
  readonly deciding?: HookResult['decision'];
  readonly unknown: readonly string[];
  readonly met: readonly Met[];
  /** The rules are met in the likeliest order only. */
  readonly tied: boolean;
};

export type ModelRouter = {
  readonly firewall: Firewall;
  readonly around: Surroundings;
};

export function tellModelStory(router: ModelRouter, arrival: Arrival): ModelStory {
  const way = new Way(router, arrival);
  const inLink = TOWN_LINKS.find(({ name }) => name === arrival.link);
  if (!inLink) {
    const first = routeOf(way.packet);
    const firstLink = first === 'local' ? 'lo' : first.name;
    if (!way.pass('output', { outLink: firstLink }, loopbackOf(way.packet))) return way.stop('output');
    return leave(way, routeOf(way.packet));
  }
  if (!way.pass('prerouting', { inLink: inLink.name }, inLink.own[way.packet.family][0]))
    return way.stop('prerouting');
  const out = routeOf(way.packet);
  if (out === 'local') {
    if (!way.pass('input', { inLink: inLink.name })) return way.stop('input');
    return way.end({ kind: 'delivered' }, 'input');
  }
  way.forwarded();
  if (!way.pass('forward', { inLink: inLink.name, outLink: out.name })) return way.stop('forward');
  return leave(way, out, inLink.name);
}

/** ip_output() names the link that a forwarded packet came in by, too. */
function leave(way: Way, out: TownLink | 'local', inLink?: string): ModelStory {
  if (out === 'local') return loopBack(way);
  const links = { outLink: out.name, ...(inLink === undefined ? {} : { inLink }) };
  if (!way.pass('postrouting', links, out.own[way.packet.family][0])) return way.stop('postrouting');
  return way.end({ kind: 'left', link: out.name }, 'postrouting');
}

/** By `lo`, where the packet keeps its connection and its route (skb_dst), so that it is asked neither way again. */
function loopBack(way: Way): ModelStory {
  // What MASQUERADE takes where it leaves by lo, of all addresses there are, is not on trial.
  if (!way.pass('postrouting', { outLink: 'lo' }))
    return way.isLost() ? way.end({ kind: 'beyond' }, 'postrouting') : way.stop('postrouting');
  way.orphaned();
  if (!way.pass('prerouting', { inLink: 'lo' }, undefined, true)) return way.stop('prerouting');
  if (!way.pass('input', { inLink: 'lo' }, undefined, true)) return way.stop('input');
  return way.end({ kind: 'delivered' }, 'input');
}

class Way {
  packet: Packet;
  private last: HookResult | undefined;
  private readonly met: Met[] = [];
  private tied = false;
  private readonly router: ModelRouter;
  private readonly known: Known | undefined;

  constructor(router: ModelRouter, { packet, link, known, direction, mark }: Arrival) {
    this.router = router;
    this.known = known;
    const inLink = TOWN_LINKS.find(({ name }) => name === link);
    this.packet = {
      family: packet.family,
      protocol: packet.protocol,
      source: packet.source,
      destination: packet.destination,
      ...(isIcmp(packet) ? {} : { sourcePort: packet.sourcePort, destinationPort: packet.destinationPort }),
      tcpFlags: packet.tcpFlags,
      ...(isIcmp(packet) ? { icmpType: packet.icmpType, icmpCode: packet.icmpCode } : {}),
      connection: connectionOf(packet, known, direction),
      mark,
      length: encodePacket(packet).length,
      ttl: packet.ttl,
      dscp: packet.dscp,
      ...(inLink
        ? { sourceMac: inLink.far.mac, destinationMac: inLink.mac }
        : { sender: { uid: 0, gid: 0 } }),
    };
  }

  /** Whether the packet goes on for sure; `own` is what MASQUERADE or REDIRECT would take. */
  pass(hook: HookName, links: Pick<Packet, 'inLink' | 'outLink'>, own?: string, settled?: boolean): boolean {
    const { inLink: _in, outLink: _out, ...rest } = this.packet;
    const known = this.known;
    const result = evaluateHook({
      firewall: this.router.firewall,
      family: this.packet.family === 'ipv4' ? 'ip' : 'ip6',
      hook,
      packet: { ...rest, ...links },
      around: this.router.around,
      ...(own === undefined ? {} : { own }),
      ...(settled === undefined ? {} : { settled }),
      ...(known && !settled ? { established: (packet) => translateKnown(packet, known, hook) } : {}),
    });
    this.last = result;
    this.packet = result.packet;
    this.tied ||= result.tied === true;
    for (const met of result.met) this.met.push({ ...met, hook });
    return result.verdict === 'accept';
  }

  isLost(): boolean {
    return this.last?.lost === true;
  }

  /** loopback_xmit() forgets the socket. */
  orphaned(): void {
    const { sender: _, ...packet } = this.packet;
    this.packet = packet;
  }

  /** ip_forward() takes one hop before it asks the chains of FORWARD. */
  forwarded(): void {
    this.packet = { ...this.packet, ...(this.packet.ttl === undefined ? {} : { ttl: this.packet.ttl - 1 }) };
  }

  stop(hook: HookName): ModelStory {
    const verdict = this.last?.verdict;
    const decided = this.last?.decision?.verdict;
    if (verdict === 'drop') return this.end({ kind: 'dropped' }, hook);
    if (verdict === 'reject')
      return this.end({ kind: 'rejected', with: decided?.kind === 'reject' ? decided.with : '' }, hook);
    return this.end({ kind: 'unknown' }, hook);
  }

  end(end: ModelStory['end'], hook: HookName): ModelStory {
    const deciding = this.last?.decision;
    return {
      end,
      hook,
      packet: this.packet,
      ...(deciding ? { deciding } : {}),
      unknown: this.last?.unknown ?? [],
      met: this.met,
      tied: this.tied,
    };
  }
}

/** What the connection is to later packets, once the first has got through; undefined where it is not tracked. */
export function rememberConnection(
  first: WirePacket,
  arrived: WirePacket,
  { packet }: ModelStory,
): Known | undefined {
  const { state, mark, sourceTranslated, destinationTranslated } = packet.connection;
  if (state !== 'new') return undefined;
  return {
    original: tupleOf(first),
    leaving: tupleOf(arrived),
    sourceTranslated: sourceTranslated === 'yes',
    destinationTranslated: destinationTranslated === 'yes',
    mark,
  };
}

function connectionOf(
  packet: WirePacket,
  known: Known | undefined,
  direction: Arrival['direction'],
): Connection {
  if (!known)
    return {
      state: firstState(packet),
      direction: 'original',
      original: tupleOf(packet),
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
    };
  return {
    state: packet.quoted ? 'related' : 'established',
    direction,
    original: known.original,
    sourceTranslated: known.sourceTranslated ? 'yes' : 'no',
    destinationTranslated: known.destinationTranslated ? 'yes' : 'no',
    mark: known.mark,
  };
}

/** Of a packet that belongs to no connection yet (nf_conntrack_proto_tcp.c, tcp_conntracks; a lone ACK is picked up). */
function firstState({ protocol, tcpFlags, icmpType }: WirePacket): Connection['state'] {
  if (protocol === 17) return 'new';
  if (protocol === 1 || protocol === 58) return icmpType === 8 || icmpType === 128 ? 'new' : 'invalid';
  const { syn, ack, rst, fin } = TCP_FLAG;
  if ((tcpFlags & (rst | fin)) !== 0) return 'invalid';
  return (tcpFlags & (syn | ack)) === (syn | ack) ? 'invalid' : 'new';
}

function translateKnown(packet: Packet, known: Known, hook: HookName): Packet {
  const reply = packet.connection.direction === 'reply';
  const ports = packet.sourcePort !== undefined;
  if (hook === 'prerouting' || hook === 'output') {
    const [address, port] = reply
      ? [known.original.source, known.original.sourcePort]
      : [known.leaving.destination, known.leaving.destinationPort];
    return {
      ...packet,
      destination: address,
      ...(ports && port !== undefined ? { destinationPort: port } : {}),
    };
  }
  const [address, port] = reply
    ? [known.original.destination, known.original.destinationPort]
    : [known.leaving.source, known.leaving.sourcePort];
  return { ...packet, source: address, ...(ports && port !== undefined ? { sourcePort: port } : {}) };
}

function tupleOf(packet: WirePacket): Tuple {
  const { source, destination, sourcePort, destinationPort } = packet;
  return isIcmp(packet) ? { source, destination } : { source, destination, sourcePort, destinationPort };
}

function isIcmp({ protocol }: Pick<WirePacket, 'protocol'>): boolean {
  return protocol === 1 || protocol === 58;
}

/** Where REDIRECT sends what the router itself says. */
function loopbackOf({ family }: Packet): string {
  return family === 'ipv4' ? '127.0.0.1' : '::1';
}

/** The link that a packet leaves by; `local` for the router's own addresses. */
export function routeOf({ family, destination }: Pick<Packet, 'family' | 'destination'>): TownLink | 'local' {
  if (isLocal(destination)) return 'local';
  return TOWN_LINKS.find(({ network }) => destination.startsWith(network[family])) ?? DEFAULT_LINK;
}

export function isLocal(address: string, link?: string): boolean {
  if (link === undefined && (address === '::1' || address.startsWith('127.'))) return true;
  return TOWN_LINKS.some(
    ({ name, own }) =>
      (link === undefined || link === name) && (own.ipv4.includes(address) || own.ipv6.includes(address)),
  );
}
