import { describe, expect, test } from 'vitest';
import { openRtnetlink } from '../../../../probes/netlink/socket.ts';
import { readRoutes } from '../../../../probes/routes.ts';
import {
  attr,
  done,
  int32,
  ipv4,
  type MessageOptions,
  message,
  NLM_F_DUMP_INTR,
} from '../../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../../../helpers/scripted-system.ts';

const ROUTE = 24;
/** struct rtmsg of an IPv4 host route in table main, with its attributes. */
const route = (number: number, options?: MessageOptions) =>
  message(
    ROUTE,
    [
      Uint8Array.of(2, 32, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0),
      attr(1, ipv4(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`)),
      attr(4, int32(1)),
    ],
    options,
  );

/** A dump of this many routes, in datagrams of a thousand. */
function readOf(count: number) {
  const datagrams: Uint8Array[] = [];
  for (let from = 0; from < count; from += 1000)
    datagrams.push(
      Buffer.concat(Array.from({ length: Math.min(1000, count - from) }, (_, index) => route(from + index))),
    );
  return readWith([...datagrams, done()]);
}

function readWith(datagrams: readonly Uint8Array[]) {
  const socket = scriptedSocket(datagrams);
  return readRoutes(openRtnetlink(scriptedHandle('1', { openNetlink: () => socket })));
}

describe('a table', () => {
  test('of 20,000 routes is read whole', () => {
    const { entries, gaps } = readOf(20_000);
    expect(entries).toHaveLength(20_000);
    expect(gaps).toEqual([]);
  });

  test('of more gives the first ones, and says how many there are', () => {
    const { entries, gaps } = readOf(20_500);
    expect(entries.map(({ destination }) => destination).slice(-2)).toEqual([
      '10.0.78.30/32',
      '10.0.78.31/32',
    ]);
    expect(gaps).toEqual([{ probe: 'routes', reason: 'showing the first 20,000 of 20,500 routes' }]);
  });

  test('that never holds still is shown as it was seen last, and said to be so', () => {
    const interrupted = Array.from({ length: 5 }, (_, index) => {
      const options = { sequence: index + 1, flags: NLM_F_DUMP_INTR };
      return Buffer.concat([route(index, options), done(options)]);
    });
    const { entries, gaps } = readWith(interrupted);
    expect(entries.map(({ destination }) => destination)).toEqual(['10.0.0.4/32']);
    expect(gaps).toEqual([
      {
        probe: 'routes',
        reason: 'showing what was seen of the routes, which changed during each of 5 readings',
      },
    ]);
  });
});
