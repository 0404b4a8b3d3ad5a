/** What a tap lets through, and how it is read: the same packets for the kernel's filter and for our own eyes. */
import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../../src/live/prove/mark.ts';
import { readPacket } from '../../../../src/live/prove/read-packet.ts';
import { tapFilter } from '../../../../src/live/prove/tap-filter.ts';
import { runFilter } from '../../../helpers/classic-bpf.ts';
import { icmp, icmpError, ipPacket, type PacketWords, tcp, udp } from '../../../helpers/probe-packets.ts';

const TOKEN = 0xfedcba98;
const PORT = 50_123;
const OTHER = 40_000;
const SYN = 2;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const ACK = 0x10;

type Case = {
  readonly what: string;
  readonly mark: Mark;
  readonly packet: Uint8Array;
  /** What it is taken for; `kept`: the filter lets it through, and it is none of these. */
  readonly as: 'request' | 'answer' | 'error' | 'kept' | 'refused';
};

const ends4 = { source: '172.17.0.2', destination: '203.0.113.10' };
const ends6 = { source: 'fd00:d::2', destination: 'fd00:d::3' };
const packet = (words: Partial<PacketWords> & Pick<PacketWords, 'protocol' | 'body'>) =>
  ipPacket({ ...ends4, ...words });
const mark = (proto: Mark['proto'], family: Mark['family'] = 'ipv4'): Mark => ({
  family,
  proto,
  port: PORT,
  token: TOKEN,
});
const [tcp4, udp4, echo4] = [mark('tcp'), mark('udp'), mark('icmp')];
const syn = packet({ protocol: 6, body: tcp([PORT, 80], SYN, TOKEN) });

const cases: readonly Case[] = [
  { what: 'a SYN', mark: tcp4, packet: syn, as: 'request' },
  {
    what: 'a SYN whose port was translated',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([OTHER, 80], SYN, TOKEN) }),
    as: 'request',
  },
  {
    what: 'another SYN from the same port',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([PORT, 80], SYN, 7) }),
    as: 'kept',
  },
  {
    what: 'a SYN-ACK',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([80, PORT], SYN_ACK, 9, TOKEN + 1) }),
    as: 'answer',
  },
  {
    what: 'a SYN-ACK for a translated port',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([80, OTHER], SYN_ACK, 9, TOKEN + 1) }),
    as: 'answer',
  },
  {
    what: 'a reset',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([80, PORT], RST_ACK, 0, TOKEN + 1) }),
    as: 'answer',
  },
  {
    what: 'the rest of the connection',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([PORT, 80], ACK, TOKEN + 1, 10) }),
    as: 'kept',
  },
  {
    what: "others' connections",
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([OTHER, 80], SYN, 7) }),
    as: 'refused',
  },
  {
    what: 'datagrams beside connections',
    mark: tcp4,
    packet: packet({ protocol: 17, body: udp([PORT, 80], TOKEN) }),
    as: 'refused',
  },
  {
    what: 'a later fragment',
    mark: tcp4,
    packet: packet({ protocol: 6, body: tcp([PORT, 80], SYN, TOKEN), fragmentOffset: 185 }),
    as: 'refused',
  },
  {
    what: 'an error about the SYN',
    mark: tcp4,
    packet: packet({ protocol: 1, body: icmpError(3, 13, syn) }),
    as: 'error',
  },
  {
    what: "an error about others' packets",
    mark: tcp4,
    packet: packet({
      protocol: 1,
      body: icmpError(3, 13, packet({ protocol: 6, body: tcp([OTHER, 80], SYN, 7) })),
    }),
    as: 'refused',
  },
  {
    what: 'an echo beside connections',
    mark: tcp4,
    packet: packet({ protocol: 1, body: icmp(8, 0, PORT, TOKEN) }),
    as: 'refused',
  },
  {
    what: 'a datagram',
    mark: udp4,
    packet: packet({ protocol: 17, body: udp([PORT, 53], TOKEN) }),
    as: 'request',
  },
  {
    what: 'a datagram whose port was translated',
    mark: udp4,
    packet: packet({ protocol: 17, body: udp([OTHER, 53], TOKEN) }),
    as: 'request',
  },
  {
    what: 'what answers a datagram',
    mark: udp4,
    packet: packet({ protocol: 17, body: udp([53, PORT], 5) }),
    as: 'answer',
  },
  {
    what: "others' datagrams",
    mark: udp4,
    packet: packet({ protocol: 17, body: udp([OTHER, 53], 5) }),
    as: 'refused',
  },
  {
    what: 'an echo request',
    mark: echo4,
    packet: packet({ protocol: 1, body: icmp(8, 0, PORT, TOKEN) }),
    as: 'request',
  },
  {
    what: 'an echo request whose identifier was translated',
    mark: echo4,
    packet: packet({ protocol: 1, body: icmp(8, 0, OTHER, TOKEN) }),
    as: 'request',
  },
  {
    what: 'an echo reply',
    mark: echo4,
    packet: packet({ protocol: 1, body: icmp(0, 0, PORT, TOKEN) }),
    as: 'answer',
  },
  {
    what: "others' echoes",
    mark: echo4,
    packet: packet({ protocol: 1, body: icmp(8, 0, OTHER, 5) }),
    as: 'refused',
  },
  {
    what: 'an error about the echo',
    mark: echo4,
    packet: packet({
      protocol: 1,
      body: icmpError(11, 0, packet({ protocol: 1, body: icmp(8, 0, OTHER, TOKEN) })),
    }),
    as: 'error',
  },
  {
    what: 'a SYN in IPv6',
    mark: mark('tcp', 'ipv6'),
    packet: ipPacket({ ...ends6, protocol: 6, body: tcp([PORT, 80], SYN, TOKEN) }),
    as: 'request',
  },
  {
    what: 'an echo reply in IPv6',
    mark: mark('icmp', 'ipv6'),
    packet: ipPacket({ ...ends6, protocol: 58, body: icmp(129, 0, PORT, TOKEN) }),
    as: 'answer',
  },
  {
    what: 'an error in IPv6',
    mark: mark('udp', 'ipv6'),
    packet: ipPacket({
      ...ends6,
      protocol: 58,
      body: icmpError(1, 4, ipPacket({ ...ends6, protocol: 17, body: udp([PORT, 53], TOKEN) })),
    }),
    as: 'error',
  },
  {
    what: 'a neighbour solicitation',
    mark: mark('udp', 'ipv6'),
    packet: ipPacket({ ...ends6, protocol: 58, body: icmp(135, 0, 0, 0) }),
    as: 'refused',
  },
  { what: 'a packet that ends in its ports', mark: tcp4, packet: syn.slice(0, 24), as: 'kept' },
];

describe('a tap', () => {
  test.each(cases)('takes $what as $as', ({ mark: of, packet: bytes, as }) => {
    const etherType = of.family === 'ipv4' ? 0x0800 : 0x86dd;
    const kept = runFilter(tapFilter(of), bytes, etherType);
    expect(kept > 0).toBe(as !== 'refused');
    if (as === 'refused') return;
    expect(readPacket(bytes, of)?.what ?? 'kept').toBe(as);
  });

  test('hears nothing but its own family', () => {
    for (const etherType of [0x0806, 0x86dd, 0x8100])
      expect(runFilter(tapFilter(tcp4), syn, etherType)).toBe(0);
  });

  test('reads addresses, ports, TTL and a reset as they are there', () => {
    const reset = packet({ protocol: 6, body: tcp([80, OTHER], RST_ACK, 0, TOKEN + 1) });
    expect(readPacket(reset, tcp4)).toEqual({
      what: 'answer',
      reset: true,
      ...ends4,
      sourcePort: 80,
      destinationPort: OTHER,
      ttl: 63,
    });
  });

  test('survives what ends before its flags', () => {
    for (let length = 0; length < 34; length += 1)
      expect(readPacket(syn.slice(0, length), tcp4)).toBeUndefined();
  });
});
