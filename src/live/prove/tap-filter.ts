/**
 * The classic BPF program (struct sock_filter, linux/filter.h) of a tap: it lets through a probe, its answer, and ICMP
 * errors about it, so that the traffic of a busy link never leaves the kernel. Packets begin at their network header.
 */
import { icmpOf, type Mark, next32, protocolOf } from './mark.ts';

/** Instructions: linux/bpf_common.h. */
const CODE = {
  loadByte: 0x30,
  loadHalf: 0x28,
  loadHalfAtX: 0x48,
  loadWordAtX: 0x40,
  loadByteAtX: 0x50,
  loadX: 0x01,
  loadXFromHeaderLength: 0xb1,
  jumpIfEqual: 0x15,
  jumpIfAnyBit: 0x45,
  jump: 0x05,
  give: 0x06,
} as const;
/** SKF_AD_OFF + SKF_AD_PROTOCOL: the EtherType. */
const ETHER_TYPE_AT = 0xfffff000;
const ETHER_TYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** Bytes of a packet that a tap keeps: two IP headers and what identifies the inner packet. */
const KEPT_BYTES = 192;
const IPV6_HEADER_BYTES = 40;
/** Headers of a probe have no options, so the packet within an ICMP error has what identifies it here. */
const INNER = { ipv4: 8 + 20, ipv6: 8 + IPV6_HEADER_BYTES } as const;
/** The destination is unreachable, quench, redirect, time exceeded, bad header (RFC 792); all below 5 in RFC 4443. */
const ERRORS = { ipv4: [3, 4, 5, 11, 12], ipv6: [1, 2, 3, 4] } as const;

type Target = 'accept' | 'refuse' | 'own' | 'error' | 'matched';
type Line =
  | { readonly code: number; readonly k: number; readonly yes?: Target; readonly no?: Target }
  | { readonly label: Target };

/** The program for probes of this mark. */
export function tapFilter(mark: Mark): Uint8Array {
  return assemble([...findHeader(mark), ...ownLines(mark), ...errorLines(mark), ...ends()]);
}

/** X is where the transport header begins, and the packet is no later fragment of one. */
function findHeader(mark: Mark): readonly Line[] {
  const { family } = mark;
  const protocolAt = family === 'ipv4' ? 9 : 6;
  return [
    { code: CODE.loadHalf, k: ETHER_TYPE_AT },
    { code: CODE.jumpIfEqual, k: ETHER_TYPE[family], no: 'refuse' },
    ...(family === 'ipv4'
      ? [
          { code: CODE.loadHalf, k: 6 },
          { code: CODE.jumpIfAnyBit, k: 0x1fff, yes: 'refuse' as const },
          { code: CODE.loadXFromHeaderLength, k: 0 },
        ]
      : [{ code: CODE.loadX, k: IPV6_HEADER_BYTES }]),
    { code: CODE.loadByte, k: protocolAt },
    ...(mark.proto === 'icmp'
      ? []
      : [
          { code: CODE.jumpIfEqual, k: protocolOf(mark), yes: 'own' as const },
          { code: CODE.jumpIfEqual, k: icmpOf(family), yes: 'error' as const, no: 'refuse' as const },
        ]),
    ...(mark.proto === 'icmp' ? [{ code: CODE.jumpIfEqual, k: icmpOf(family), no: 'refuse' as const }] : []),
  ];
}

function ownLines(mark: Mark): readonly Line[] {
  const { proto, port, token } = mark;
  const is = (code: number, at: number, value: number): readonly Line[] => [
    { code, k: at },
    { code: CODE.jumpIfEqual, k: value, yes: 'accept' },
  ];
  // An echo's payload tells it from an error, whose type is looked at next.
  if (proto === 'icmp') return [...is(CODE.loadHalfAtX, 4, port), ...is(CODE.loadWordAtX, 8, token)];
  return [
    { label: 'own' },
    ...is(CODE.loadHalfAtX, 0, port),
    ...is(CODE.loadHalfAtX, 2, port),
    ...(proto === 'tcp'
      ? [...is(CODE.loadWordAtX, 4, token), ...is(CODE.loadWordAtX, 8, next32(token))]
      : is(CODE.loadWordAtX, 8, token)),
    { code: CODE.give, k: 0 },
  ];
}

/** An error holds the beginning of the packet that it is about, 8 bytes of its transport header at least. */
function errorLines({ family, proto, port, token }: Mark): readonly Line[] {
  const at = INNER[family];
  const types = ERRORS[family].map((type): Line => ({ code: CODE.jumpIfEqual, k: type, yes: 'matched' }));
  const portAt = proto === 'icmp' ? at + 4 : at;
  return [
    { label: 'error' },
    { code: CODE.loadByteAtX, k: 0 },
    ...types,
    { code: CODE.give, k: 0 },
    { label: 'matched' },
    { code: CODE.loadHalfAtX, k: portAt },
    { code: CODE.jumpIfEqual, k: port, yes: 'accept' },
    ...(proto === 'icmp'
      ? []
      : [
          { code: CODE.loadHalfAtX, k: at + 2 },
          { code: CODE.jumpIfEqual, k: port, yes: 'accept' as const },
        ]),
    { code: CODE.loadWordAtX, k: proto === 'tcp' ? at + 4 : at + 8 },
    { code: CODE.jumpIfEqual, k: token, yes: 'accept' },
  ];
}

function ends(): readonly Line[] {
  return [
    { label: 'refuse' },
    { code: CODE.give, k: 0 },
    { label: 'accept' },
    { code: CODE.give, k: KEPT_BYTES },
  ];
}

/** Labels become distances; an instruction is its code, how far to jump for yes and no, and a number. */
function assemble(lines: readonly Line[]): Uint8Array {
  const labels = new Map<Target, number>();
  const instructions: Exclude<Line, { label: Target }>[] = [];
  for (const line of lines) {
    if ('label' in line) labels.set(line.label, instructions.length);
    else instructions.push(line);
  }
  const view = new DataView(new ArrayBuffer(8 * instructions.length));
  instructions.forEach(({ code, k, yes, no }, index) => {
    const distance = (to: Target | undefined) => (to === undefined ? 0 : (labels.get(to) ?? 0) - index - 1);
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, distance(yes));
    view.setUint8(index * 8 + 3, distance(no));
    view.setUint32(index * 8 + 4, k >>> 0, true);
  });
  return new Uint8Array(view.buffer);
}
