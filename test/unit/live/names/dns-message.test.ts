import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAnswer, encodeQuestion, type Question } from '../../../../src/live/names/dns-message.ts';

const A: Question = { id: 0x1234, name: 'www.example.com', type: 'A' };
const POINTER_TO_NAME = [0xc0, 12];

function record(type: number, data: readonly number[], owner: readonly number[] = POINTER_TO_NAME) {
  return [...owner, 0, type, 0, 1, 0, 0, 0, 9, data.length >> 8, data.length & 0xff, ...data];
}

function answer(
  question: Question,
  records: readonly (readonly number[])[],
  flags = 0x8180,
  count = records.length,
) {
  const head = encodeQuestion(question);
  const view = new DataView(head.buffer);
  view.setUint16(2, flags);
  view.setUint16(6, count);
  return Uint8Array.from([...head, ...records.flat()]);
}

describe('a question', () => {
  test('is a datagram as RFC 1035 has it', () => {
    expect(Buffer.from(encodeQuestion({ id: 1, name: 'a.bc', type: 'AAAA' })).toString('hex')).toBe(
      '00010100000100000000000001610262630000' + '1c0001',
    );
  });

  test.each(['', 'a..b', `${'a'.repeat(64)}.b`, Array.from({ length: 128 }, () => 'a').join('.')])(
    'is refused for what is no name: %s',
    (name) => {
      expect(() => encodeQuestion({ ...A, name })).toThrow(RangeError);
    },
  );
});

describe('an answer', () => {
  test('gives the addresses of the name, and of those it is an alias for', () => {
    const alias = [1, 0x78, 0];
    const bytes = answer(A, [record(5, alias), record(1, [192, 0, 2, 1], alias), record(1, [192, 0, 2, 2])]);
    expect(decodeAnswer(bytes, A)).toEqual({ code: 0, addresses: ['192.0.2.1', '192.0.2.2'] });
  });

  test('of IPv6 is written short', () => {
    const question: Question = { ...A, type: 'AAAA' };
    const data = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(decodeAnswer(answer(question, [record(28, data)]), question)?.addresses).toEqual(['2001:db8::1']);
  });

  test.each([2, 3, 5])('tells its code %d', (code) => {
    expect(decodeAnswer(answer(A, [], 0x8180 | code), A)).toEqual({ code, addresses: [] });
  });

  test.each<[string, Uint8Array]>([
    ['another id', answer({ ...A, id: 1 }, [])],
    ['another name', answer({ ...A, name: 'www.example.org' }, [])],
    ['another type', answer({ ...A, type: 'AAAA' }, [])],
    ['a question', encodeQuestion(A)],
    ['nothing', new Uint8Array()],
  ])('is not taken from %s', (_, bytes) => {
    expect(decodeAnswer(bytes, A)).toBeUndefined();
  });

  test.each<[string, readonly number[]]>([
    ['to itself', [0xc0, 33]],
    ['forward', [0xc0, 60]],
    ['into the header', [0xc0, 0]],
  ])('whose name points %s is not followed', (_, owner) => {
    // The records begin at octet 33.
    expect(decodeAnswer(answer(A, [record(1, [192, 0, 2, 1], owner)]), A)).toEqual({
      code: 0,
      addresses: [],
    });
  });

  test('does not give addresses of other names, of wrong length, or that are cut', () => {
    const other = record(1, [192, 0, 2, 1], [1, 0x79, 0]);
    const long = record(1, [192, 0, 2, 1, 9]);
    const bytes = answer(A, [other, long, record(1, [192, 0, 2, 3])]);
    expect(decodeAnswer(bytes, A)?.addresses).toEqual(['192.0.2.3']);
    expect(decodeAnswer(bytes.subarray(0, -1), A)?.addresses).toEqual([]);
  });

  test('follows aliases that lead in a circle to their end', () => {
    const one = [1, 0x78, 0];
    const bytes = answer(A, [record(5, one), record(5, POINTER_TO_NAME, one)]);
    expect(decodeAnswer(bytes, A)).toEqual({ code: 0, addresses: [] });
  });

  test('may hold any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(0xffff), (tail, count) => {
        const bytes = Uint8Array.from([...answer(A, [], 0x8180, count), ...tail]);
        const decoded = decodeAnswer(bytes, A);
        expect(decoded?.code).toBe(0);
        for (const address of decoded?.addresses ?? []) expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        decodeAnswer(tail, A);
      }),
      { numRuns: 2_000 },
    );
  });

  test('may have any octet changed', () => {
    const whole = answer(A, [record(5, [1, 0x78, 0]), record(1, [192, 0, 2, 1], [1, 0x78, 0])]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const bytes = whole.slice();
        bytes[at] = value;
        expect(decodeAnswer(bytes, A)?.addresses.length ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });
});
