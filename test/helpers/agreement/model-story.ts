/**
 * What the model says of a packet in the router: the hooks one after the other, with the routing between them. The
 * town's routes are few and known, so they are decided here; netfilter alone is on trial.
 */
import { evaluateHook, type HookResult } from '../../../src/path/netfilter/evaluate-hook.ts';
import type { Firewall } from '../../../src/path/netfilter/firewall.ts';
import type { Packet } from '../../../src/path/netfilter/packet.ts';
import type { HookName } from '../../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../../src/path/netfilter/surroundings.ts';
import { connectionOf, isIcmp, type Known, translateKnown } from './connections.ts';
import { encodePacket, type WirePacket } from './frame.ts';
import { TOWN_LINKS, type TownLink } from './town.ts';
import { routeOf } from './town-routes.ts';

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

  /** Whether the packet goes on for sure, and to where it was going; `own` is what MASQUERADE or REDIRECT would take. */
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
    return result.verdict === 'accept' && !result.packet.rewritten;
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

/** Where REDIRECT sends what the router itself says. */
function loopbackOf({ family }: Packet): string {
  return family === 'ipv4' ? '127.0.0.1' : '::1';
}
