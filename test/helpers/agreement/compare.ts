/** Holds the model's story against the kernel's. Only what the model says for sure can be wrong. */

import { TIED } from '../../../src/path/netfilter/join-results.ts';
import type { Port } from '../../../src/path/netfilter/packet.ts';
import type { WirePacket } from './frame.ts';
import type { KernelStory } from './kernel-story.ts';
import type { ModelStory } from './model-story.ts';

export type Terms = {
  /**
   * The ruleset uses what nobody can know beforehand, so that the model may say that it does not know; so it may of
   * chains at one place, which the kernel asks in the order of a past that nobody has written down.
   */
  readonly uncertain: boolean;
  /** A refusal passes hooks of its own, which may swallow it. */
  readonly refusalMayVanish: boolean;
};

/** What is contradicted, in a sentence; undefined where the two agree, or nothing was claimed. */
export function findContradiction(
  model: ModelStory,
  kernel: KernelStory,
  sent: WirePacket,
  { uncertain, refusalMayVanish }: Terms,
): string | undefined {
  const { end } = model;
  if (end.kind === 'beyond') return undefined;
  if (end.kind === 'unknown')
    // Of an ICMP error nobody knows whether its connection had been answered before.
    return uncertain || sent.quoted || model.unknown.some((text) => text.startsWith(TIED))
      ? undefined
      : `the model does not know at ${model.hook}: ${model.unknown.join(' | ') || 'nothing said why'}`;
  if (end.kind === 'left') {
    if (!kernel.left) return 'the model lets it through, and it did not come out';
    if (kernel.left.link !== end.link)
      return `the model lets it leave by ${end.link}, and it left by ${kernel.left.link}`;
    return differentHeader(model, kernel.left.packet);
  }
  if (end.kind === 'delivered')
    return kernel.delivered
      ? differentHeader(model, kernel.delivered)
      : 'the model delivers it, and nobody heard it';
  if (kernel.left) return `the model stops it at ${model.hook}, and it came out at ${kernel.left.link}`;
  if (kernel.delivered) return `the model stops it at ${model.hook}, and it was delivered`;
  if (end.kind === 'dropped')
    return kernel.refusal && model.unknown.length === 0
      ? 'the model drops it, and it was rejected'
      : undefined;
  if (!kernel.refusal)
    // Nobody answers a reset with a reset (nf_reject_ip_tcphdr_get), nor an ICMP error with another (RFC 1122, 3.2.2).
    return refusalMayVanish || sent.quoted || (sent.tcpFlags & 4) !== 0
      ? undefined
      : 'the model rejects it, and nothing came back';
  return differentRefusal(end.with, kernel.refusal);
}

function differentHeader({ packet }: ModelStory, found: WirePacket): string | undefined {
  const isIcmp = packet.protocol === 1 || packet.protocol === 58;
  const pairs: readonly (readonly [
    name: string,
    model: string | Port | undefined,
    kernel: string | number,
  ])[] = [
    ['source', packet.source, found.source],
    ['destination', packet.destination, found.destination],
    ['source port', isIcmp ? undefined : packet.sourcePort, found.sourcePort],
    ['destination port', isIcmp ? undefined : packet.destinationPort, found.destinationPort],
    ['DSCP', found.ttl === 0 ? undefined : packet.dscp, found.dscp],
    ['TTL', found.ttl === 0 ? undefined : packet.ttl, found.ttl],
  ];
  for (const [name, model, kernel] of pairs)
    if (typeof model !== 'object' && model !== undefined && model !== 'ephemeral' && model !== kernel)
      return `the model says ${name} ${model}, and it was ${kernel}`;
  return undefined;
}

/** Codes of ICMP type 3 and of ICMPv6 type 1 by what rules call them (RFC 792, RFC 1812, RFC 4443). */
const CODES: readonly (readonly [name: RegExp, icmp: number, icmpv6: number])[] = [
  [/adm-|admin-/, 13, 1],
  [/net-prohib/, 9, -1],
  [/host-prohib/, 10, -1],
  [/no-route|net-unreach/, 0, 0],
  [/host-unreach|addr-unreach/, 1, 3],
  [/proto-unreach/, 2, -1],
  [/port-unreach/, 3, 4],
];

function differentRefusal(kind: string, refusal: WirePacket): string | undefined {
  const isReset = refusal.protocol === 6;
  const said = isReset ? 'a reset' : `ICMP type ${refusal.icmpType} code ${refusal.icmpCode}`;
  const wrong = `the model rejects it with ${kind}, and ${said} came back`;
  if (/tcp/.test(kind)) return isReset ? undefined : wrong;
  const code = CODES.find(([name]) => name.test(kind));
  if (!code) return `the model rejects it with ${kind}, which nobody knows`;
  const expected = refusal.family === 'ipv4' ? code[1] : code[2];
  const type = refusal.family === 'ipv4' ? 3 : 1;
  return isReset || refusal.icmpType !== type || refusal.icmpCode !== expected ? wrong : undefined;
}
