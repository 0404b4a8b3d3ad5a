import { describe, expect, test } from 'vitest';
import { openRtnetlink } from '../../../../probes/netlink/socket.ts';
import { readRoutes } from '../../../../probes/routes.ts';
import { attr, done, int32, ipv4, message } from '../../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../../../helpers/scripted-system.ts';

const ROUTE = 24;
/** struct rtmsg of an IPv4 host route in table main, with its attributes. */
const route = (number: number) =>
  message(ROUTE, [
    Uint8Array.of(2, 32, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0),
    attr(1, ipv4(`10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`)),
    attr(4, int32(1)),
  ]);

/** A dump of this many routes, in datagrams of a thousand. */
function readOf(count: number) {
  const datagrams: Uint8Array[] = [];
  for (let from = 0; from < count; from += 1000)
    datagrams.push(
      Buffer.concat(Array.from({ length: Math.min(1000, count - from) }, (_, index) => route(from + index))),
    );
  const socket = scriptedSocket([...datagrams, done()]);
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
});
