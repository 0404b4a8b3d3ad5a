/**
 * Random questions about routes, whole enough that no rule depends on what a question leaves out. RTM_GETROUTE cannot ask for
 * an IPv6 packet that has a source and is bound to a link: it takes the link for a wish there.
 */
import type { RouteQuery } from '../../../src/model/route-query.ts';
import type { Random } from '../agreement/random.ts';
import { address, type Family, LINKS } from './random-routing.ts';

const ODD: Readonly<Record<Family, readonly string[]>> = {
  ipv4: [
    '127.0.0.1',
    '127.5.0.1',
    '224.0.0.5',
    '224.1.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '192.0.2.9',
    '198.51.100.1',
  ],
  ipv6: ['::1', '2001:db8::9', 'ff02::5', 'ff0e::1', 'fe80::9'],
};

/** `own`: addresses of the namespace, which questions should be about more often than chance would have it. */
export function randomQuery(
  random: Random,
  own: Readonly<Record<Family, readonly string[]>>,
  families: readonly Family[],
): RouteQuery {
  const family = random.pick(families);
  const any = (odd = 15) =>
    random.weighted([
      [60, () => address(random, family)],
      [own[family].length > 0 ? 25 : 0, () => random.pick(own[family])],
      [odd, () => random.pick(ODD[family])],
    ]);
  const sender = () => (own[family].length > 0 && random.chance(85) ? random.pick(own[family]) : any());
  const direction = random.weighted([
    [40, () => ({ inLink: random.pick(LINKS), source: any(4) })],
    [30, () => (random.chance(50) ? { source: sender() } : {})],
    [
      20,
      () => ({
        outLink: random.pick(LINKS),
        ...(family === 'ipv4' && random.chance(40) ? { source: sender() } : {}),
      }),
    ],
  ]);
  const protocol = random.pick([6, 17, family === 'ipv4' ? 1 : 58]);
  const ports =
    protocol === 6 || protocol === 17
      ? { sourcePort: random.pick([4000, 4500, 6000]), destinationPort: random.pick([53, 80, 85, 443, 2048]) }
      : {};
  return {
    family,
    destination: any(),
    ...direction,
    mark: random.pick([0, 0, 1, 2, 0x12]),
    protocol,
    ...ports,
    uid: random.pick([0, 1000]),
  };
}
