import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  attribute,
  attribute32,
  bytesOf,
  eachAttribute,
  stringBytes,
} from '../../../../probes/netlink/attributes.ts';
import { decodeDatagram, encodeRequest } from '../../../../probes/netlink/message.ts';
import {
  attr,
  done,
  int32,
  message,
  NLM_F_DUMP_INTR,
  NLMSG_ERROR,
  text,
} from '../../../helpers/netlink-bytes.ts';

const LINK = 16;

describe('a request', () => {
  test('is a header, the family’s header and attributes, with its length in front', () => {
    const header = Uint8Array.of(1, 2, 3, 4);
    const bytes = encodeRequest({ type: 18, header, attributes: [attribute32(29, 8)], dump: true }, 5);
    const expected = Buffer.alloc(28);
    expected.writeUInt32LE(28, 0);
    expected.writeUInt16LE(18, 4);
    // NLM_F_REQUEST | NLM_F_DUMP
    expected.writeUInt16LE(0x301, 6);
    expected.writeUInt32LE(5, 8);
    expected.set([1, 2, 3, 4, 8, 0, 29, 0, 8, 0, 0, 0], 16);
    expect(Buffer.from(bytes)).toEqual(expected);
  });

  test('for one entry does not ask for all', () => {
    const bytes = encodeRequest({ type: 90, header: new Uint8Array(4), dump: false }, 1);
    expect(new DataView(bytes.buffer).getUint16(6, true)).toBe(1);
  });
});

describe('a datagram', () => {
  const datagram = (...messages: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(messages));
  const contents = (bytes: Uint8Array, sequence?: number) =>
    decodeDatagram(bytes, sequence).payloads.map(({ type, view, start, end }) => [
      type,
      Buffer.from(bytesOf(view, start, end - start)).toString(),
    ]);

  test('gives each of its messages, padding left aside', () => {
    const bytes = datagram(
      message(LINK, [Buffer.from('abcde')]),
      message(LINK + 1, [Buffer.from('xy')]),
      done(),
    );
    expect(contents(bytes)).toEqual([
      [LINK, 'abcde'],
      [LINK + 1, 'xy'],
    ]);
    expect(decodeDatagram(bytes)).toMatchObject({ done: true, interrupted: false });
  });

  test('that does not end the dump is not done', () => {
    expect(decodeDatagram(message(LINK, [])).done).toBe(false);
  });

  test('is read from its own place in a larger buffer', () => {
    const bytes = datagram(message(9, [Buffer.from('no')]), message(LINK, [Buffer.from('yes')]));
    expect(contents(bytes.subarray(20))).toEqual([[LINK, 'yes']]);
  });

  test('with messages for another request loses those alone, their errors and ends included', () => {
    const bytes = datagram(
      message(LINK, [Buffer.from('old')], { sequence: 6, flags: NLM_F_DUMP_INTR }),
      message(NLMSG_ERROR, [int32(-1)], { sequence: 6 }),
      message(LINK, [Buffer.from('mine')], { sequence: 7 }),
    );
    expect(contents(bytes, 7)).toEqual([[LINK, 'mine']]);
    expect(decodeDatagram(bytes, 7)).toMatchObject({ done: false, interrupted: false, errno: 0 });
  });

  test('tells a refusal’s errno, and an acknowledgement as none', () => {
    expect(decodeDatagram(message(NLMSG_ERROR, [int32(-95)]))).toMatchObject({ done: true, errno: 95 });
    const acknowledged = decodeDatagram(message(NLMSG_ERROR, [int32(0)]));
    expect(acknowledged.done).toBe(true);
    expect(Math.abs(acknowledged.errno)).toBe(0);
  });

  test('marked by the kernel as inconsistent says so', () => {
    expect(decodeDatagram(done({ flags: NLM_F_DUMP_INTR })).interrupted).toBe(true);
  });

  test('of any bytes is decoded without a throw, and nothing lies outside of it', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        for (const { start, end } of decodeDatagram(bytes).payloads) {
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(bytes.length);
        }
      }),
    );
  });
});

/** Noise, and real messages with some bytes changed, which get further than noise. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 6 }).map((changes) => {
    const bytes = Buffer.concat([message(LINK, [attr(3, text('eth0')), attr(4, int32(1500))]), done()]);
    for (const [at, value] of changes) bytes[at] = value;
    return new Uint8Array(bytes);
  }),
);

describe('attributes', () => {
  const visited = (bytes: Uint8Array) => {
    const seen: (readonly [number, string])[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    eachAttribute(view, 0, bytes.length, (type, at, length) =>
      seen.push([type, Buffer.from(bytesOf(view, at, length)).toString()]),
    );
    return seen;
  };

  test('are visited in order, padding left aside', () => {
    const bytes = Buffer.concat([attribute(3, Buffer.from('abcde')), attribute(4, Buffer.from('f'))]);
    expect(visited(new Uint8Array(bytes))).toEqual([
      [3, 'abcde'],
      [4, 'f'],
    ]);
  });

  test('lose the flags in their types', () => {
    // NLA_F_NESTED
    expect(visited(new Uint8Array(attr(0x8012, Buffer.from('ab'))))).toEqual([[0x12, 'ab']]);
  });

  test('after a malformed one are not read', () => {
    const bytes = Buffer.concat([
      attr(1, Buffer.from('ok')),
      Buffer.from([2, 0, 9, 0]),
      attr(3, Buffer.from('no')),
    ]);
    expect(visited(new Uint8Array(bytes))).toEqual([[1, 'ok']]);
  });

  test('of any bytes are visited without a throw and within bounds', () => {
    fc.assert(
      fc.property(hostile, fc.nat(20), (bytes, start) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        eachAttribute(view, start, bytes.length, (_, at, length) => {
          expect(at + length).toBeLessThanOrEqual(bytes.length);
        });
      }),
    );
  });

  test('that are strings end at their NUL, or at their end', () => {
    const view = new DataView(Uint8Array.from(Buffer.from('eth0\0junk')).buffer);
    expect(Buffer.from(stringBytes(view, 0, 9)).toString()).toBe('eth0');
    expect(Buffer.from(stringBytes(view, 5, 4)).toString()).toBe('junk');
  });
});
