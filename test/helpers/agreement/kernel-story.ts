/** What the kernel did with a packet that was really sent: where it came out, as what, or what came back instead. */
import { TCP_FLAG } from '../../../src/path/netfilter/packet.ts';
import {
  addressBytes,
  addressText,
  decodeFrame,
  decodePacket,
  decodeTransport,
  encodeFrame,
  encodePacket,
  type ReadPacket,
  type WirePacket,
} from './frame.ts';
import { TOWN_LINKS, type Town } from './town.ts';
import type { Heard } from './wire.ts';

export type KernelStory = {
  /** Where it came out, by the router's link. */
  readonly left?: { readonly link: string; readonly packet: WirePacket };
  /** As a process of the router would get it. */
  readonly delivered?: WirePacket;
  /** An ICMP error or a TCP reset that came back because of it. */
  readonly refusal?: WirePacket;
};

/** Sends it by a link's far end, or from the router itself, and waits until nothing is on its way. */
export function tellKernelStory(
  town: Town,
  { link, mark, packet }: { readonly link?: string; readonly mark: number; readonly packet: WirePacket },
): KernelStory {
  const inLink = TOWN_LINKS.find(({ name }) => name === link);
  if (inLink) town.wires.get(inLink.name)?.send(encodeFrame(packet, inLink.far.mac, inLink.mac));
  else town.mouths[packet.family].send(encodePacket(packet), addressBytes(packet.destination), mark);
  const story: { -readonly [Key in keyof KernelStory]: KernelStory[Key] } = {};
  for (const { link: out, frame } of town.settle()) {
    const decoded = decodeFrame(frame);
    if (decoded.kind !== 'packet') continue;
    if (isRefusal(decoded.packet, packet)) story.refusal ??= decoded.packet;
    else if (decoded.packet.tag === packet.tag) story.left ??= { link: out, packet: decoded.packet };
  }
  for (const heard of town.ears[packet.family].receive()) {
    const found = readHeard(heard);
    if (found && isRefusal(found, packet)) story.refusal ??= found;
    else if (found?.tag === packet.tag) story.delivered ??= found;
  }
  return story;
}

function isRefusal(found: ReadPacket, sent: WirePacket): boolean {
  if (found.quoted) return found.quoted.tag === sent.tag;
  // Nobody answers a reset with a reset.
  return found.protocol === 6 && (found.tcpFlags & ~sent.tcpFlags & TCP_FLAG.rst) !== 0;
}

function readHeard({ family, protocol, bytes, source, destination }: Heard): ReadPacket | undefined {
  if (family === 'ipv4') return decodePacket(bytes);
  const found = decodeTransport(bytes, {
    family,
    protocol,
    source: source ? addressText(source) : '',
    destination: destination ? addressText(destination) : '',
    ttl: 0,
    dscp: 0,
    tag: 0,
  });
  // IPv6 gives no header, so the tag is taken from what follows it.
  return found && { ...found, tag: found.innerTag };
}
