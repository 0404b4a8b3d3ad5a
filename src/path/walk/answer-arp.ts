/**
 * Whether a namespace that hears an ARP request answers it (arp_process in net/ipv4/arp.c). An IPv4 address belongs to
 * the whole namespace and not to the link that it is on, unless arp_ignore says otherwise (ip-sysctl.rst).
 */
import type { Address } from '../../model/address.ts';
import { effectiveSysctls } from '../../model/effective-sysctls.ts';
import { findLink } from '../../model/snapshot.ts';
import type { Packet } from '../netfilter/packet.ts';
import { contains } from '../prefix.ts';
import type { Place } from './fault.ts';
import type { World } from './state.ts';
import { canRoute, routeArrival, routeOutput } from './tables.ts';

/** What a link that hears the question does. */
export type Answer = {
  /** The link that hears, whose MAC an answer names. */
  readonly place: Place;
  /** Where the address is, if on another link. */
  readonly holder?: Place;
} & (
  | { readonly kind: 'answers'; readonly proxy?: boolean }
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }
);

/** Who wants to know what: an address, and the one that the question is asked from. */
export type Question = { readonly address: string; readonly from: string; readonly packet: Packet };

/** The answer of one namespace at one link; undefined where the address is nothing to it. */
export function answerArp(world: World, place: Place, question: Question): Answer | undefined {
  const { namespace, link } = place;
  const { addresses, sysctls } = namespace;
  if (!addresses) {
    world.wanted.add(namespace.id);
    return { place, kind: 'unknown', why: `addresses of ${namespace.name} were not read` };
  }
  const held = addresses.filter(({ family, address }) => family === 'ipv4' && address === question.address);
  const [one] = held;
  if (!one) return answerForOthers(world, place, question);
  const own = held.find(({ ifindex }) => ifindex === link.ifindex) ?? one;
  const holding = findLink(namespace, own.ifindex);
  const base = { place, ...(holding && holding !== link ? { holder: { namespace, link: holding } } : {}) };
  if (link.noArp) return { ...base, kind: 'silent', why: `ARP is off on ${link.name}` };
  // A link that goes down takes its addresses out of the routing tables (fib_disable_ip).
  if (holding && holding !== link && !holding.adminUp)
    return { ...base, kind: 'silent', why: `${holding.name}, which has it, is down` };
  const ignore = sysctl(place, 'arp_ignore');
  if (sysctls === undefined || ignore === undefined) {
    world.wanted.add(namespace.id);
    return { ...base, kind: 'unknown', why: `arp_ignore of ${link.name} in ${namespace.name} was not read` };
  }
  if (ignores(ignore, held, place, question))
    return { ...base, kind: 'silent', why: `arp_ignore is ${ignore} on ${link.name}` };
  return { ...base, ...mayAnswer(world, place, question) };
}

type Said =
  | { readonly kind: 'answers' }
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** The question is itself routed as if it were a packet, so that rp_filter and rules can silence the answer. */
function mayAnswer(world: World, place: Place, { address, from, packet }: Question): Said {
  const { namespace, link } = place;
  if (!canRoute(world, namespace))
    return { kind: 'unknown', why: `routes or sysctls of ${namespace.name} were not read` };
  const asked = bare(packet, from, address);
  const answer = routeArrival(world, namespace, asked, link.name);
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'refused')
    return { kind: 'silent', why: `${namespace.name} refuses ${from} on ${link.name}: ${answer.detail}` };
  if (sysctl(place, 'arp_filter') !== '1') return { kind: 'answers' };
  const back = routeOutput(world, namespace, bare(packet, address, from));
  if (back.kind === 'unknown') return back;
  if (back.kind === 'found' && back.link === link.name) return { kind: 'answers' };
  return { kind: 'silent', why: `arp_filter is 1 and the way back to ${from} does not lead by ${link.name}` };
}

/** Proxy ARP: a router that answers for what it reaches by another link (arp_fwd_proxy). */
function answerForOthers(
  world: World,
  place: Place,
  { address, from, packet }: Question,
): Answer | undefined {
  const { namespace, link } = place;
  if (sysctl(place, 'proxy_arp') !== '1' || sysctl(place, 'forwarding') !== '1') return undefined;
  if (!canRoute(world, namespace))
    return { place, kind: 'unknown', why: `proxy_arp is 1 on ${link.name}, and routes were not read` };
  const answer = routeArrival(world, namespace, bare(packet, from, address), link.name);
  if (answer.kind === 'unknown')
    return { place, kind: 'unknown', why: `proxy_arp is 1 on ${link.name}: ${answer.why}` };
  const reaches = answer.kind === 'found' && answer.type === 'unicast' && answer.link !== link.name;
  return reaches ? { place, kind: 'answers', proxy: true } : undefined;
}

/** arp_ignore() and inet_confirm_addr(): which of the namespace's addresses a link does not answer for. */
function ignores(level: string, held: readonly Address[], { link }: Place, { from }: Question): boolean {
  const own = held.filter(({ ifindex }) => ifindex === link.ifindex);
  switch (level) {
    case '1':
      return own.length === 0;
    case '2':
      return !own.some(({ address, prefixLength }) => contains(`${address}/${prefixLength}`, from) === true);
    case '3':
      return !held.some(({ scope }) => scope !== 'host');
    case '8':
      return true;
    default:
      return false;
  }
}

/** The effective value of an IPv4 sysctl of a link. */
export function sysctl(
  { namespace: { sysctls = {} }, link: { name } }: Place,
  what: string,
): string | undefined {
  const own = `ipv4/conf/${name}/${what}`;
  const all = `ipv4/conf/all/${what}`;
  const few = Object.fromEntries(
    [own, all].flatMap((path) => (sysctls[path] === undefined ? [] : [[path, sysctls[path]]])),
  );
  return effectiveSysctls(few).find(({ link }) => link === name)?.effective;
}

/** As a route query: an ARP request has no protocol, ports or mark. */
function bare(packet: Packet, source: string, destination: string): Packet {
  const { sourcePort: _, destinationPort: __, inLink: ___, outLink: ____, ...rest } = packet;
  return { ...rest, source, destination, protocol: 0, mark: 0 };
}
