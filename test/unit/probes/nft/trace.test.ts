/** Trace events from bytes that Linux 6.18 sent for a TCP packet to port 80. */
import { describe, expect, test } from 'vitest';
import { parseTrace } from '../../../../probes/nft/trace.ts';
import { cleanText } from '../../../../src/model/clean-text.ts';
import { attr, int32, message, text } from '../../../helpers/netlink-bytes.ts';

const first =
  'a8000000110a000000000000000000000100000008000f0000000002080004000000000308000600fc97f233080002007072650006000100' +
  '740000000c00030000000000000000040c00050008000100ffffffff08000a000000001506000b00000100001800080045000028002e4000' +
  '4006269b0a0100020a0300021800090003e80050000f426e0000000050027000e52500001200070002000000002102000000001108000000';
const jump =
  '64000000110a000000000000000000000100000008000f0000000002080004000000000308000600fc97f233080002007072650006000100' +
  '740000000c00030000000000000000061400050008000100fffffffd060002007500000008000e0000000007';
const back =
  '50000000110a000000000000000000000100000008000f0000000002080004000000000308000600fc97f233060002007500000006000100' +
  '740000000c00050008000100ffffffff08000e0000000007';
const drop =
  '5c000000110a000000000000000000000100000008000f0000000002080004000000000308000600fc97f233080002007072650006000100' +
  '740000000c00030000000000000000070c000500080001000000000008000e0000000007';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const common = { id: 0xfc97f233, family: 'inet', table: 't' };
const TRACE = 0x0a11;
const head = Uint8Array.of(10, 0, 0, 0);
const be32 = (value: number) =>
  Uint8Array.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);

describe('a trace event', () => {
  test('holds the packet itself in the first event of a base chain', () => {
    const [event] = parseTrace(bytesOf(first));
    const { networkHeader, transportHeader, linkHeader, ...rest } = event ?? {};
    expect(rest).toEqual({
      ...common,
      kind: 'rule',
      chain: 'pre',
      handle: 4,
      verdict: { kind: 'continue' },
      inIfindex: 21,
    });
    expect(networkHeader).toEqual(bytesOf('45000028002e40004006269b0a0100020a030002'));
    expect(transportHeader?.slice(0, 4)).toEqual(Uint8Array.of(3, 232, 0, 80));
    expect(linkHeader).toEqual(bytesOf('0200000000210200000000110800'));
  });

  test('names the chain that a rule jumps to, the end of that chain, and the drop, with the mark so far', () => {
    // The kernel puts each event into a datagram of its own; several in one are read as well.
    expect(parseTrace(bytesOf(jump + back + drop))).toEqual([
      { ...common, kind: 'rule', chain: 'pre', handle: 6, verdict: { kind: 'jump', chain: 'u' }, mark: 7 },
      { ...common, kind: 'return', chain: 'u', verdict: { kind: 'continue' }, mark: 7 },
      { ...common, kind: 'rule', chain: 'pre', handle: 7, verdict: { kind: 'drop' }, mark: 7 },
    ]);
  });

  test('cut short, of another kind, or with verdicts nobody knows, is kept as far as it goes', () => {
    const verdict = (code: number) => attr(0x8005, attr(1, be32(code)));
    const parse = (...attributes: readonly Uint8Array[]) => parseTrace(message(TRACE, [head, ...attributes]));
    const nothing = { id: 0, kind: 'unknown', family: 'ip6', table: '', chain: '' };
    expect(parse()).toEqual([nothing]);
    expect(parse(attr(3, int32(7)), attr(6, Uint8Array.of(1)))).toEqual([nothing]);
    expect(parse(verdict(77))).toEqual([{ ...nothing, verdict: { kind: 'unknown' } }]);
    // Queue number 5 stands in the upper half.
    expect(parse(verdict(0x00050003))).toEqual([{ ...nothing, verdict: { kind: 'queue' } }]);
    expect(parse(attr(4, be32(1)), attr(16, be32(0)))).toEqual([
      { ...nothing, kind: 'policy', policy: 'drop' },
    ]);
    expect(parseTrace(message(0x0a00, [head]))).toEqual([]);
    expect(parseTrace(bytesOf(first).slice(0, 60))).toEqual([]);
  });

  test('is safe to print, whatever chains are called', () => {
    const [event] = parseTrace(message(TRACE, [head, attr(1, text('t\u001b[31m')), attr(2, text('c\n'))]));
    expect(`${event?.table}${event?.chain}`).toBe(cleanText('t\u001b[31mc\n'));
  });
});
