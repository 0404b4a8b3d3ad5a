/** The few addresses, ports, marks and links that random rules and random packets share, so that they often meet. */
import type { Random } from './random.ts';
import { HOSTS, TOWN_LINKS, type TownFamily } from './town.ts';

export const PORTS = [22, 53, 80, 443, 8080] as const;
export const SOURCE_PORTS = [53, 1000, 33333, 40000] as const;
export const MARKS = [0, 1, 2, 0x10] as const;
/** Addresses beyond the default route. */
export const OUTSIDE: Readonly<Record<TownFamily, readonly string[]>> = {
  ipv4: ['198.51.100.7', '203.0.113.5'],
  ipv6: ['2001:db8::7', '2001:db8:1::5'],
};
/** Hosts that only translations lead to. */
export const HIDDEN_HOSTS = [5, 6, 7] as const;

export function hostAddress(random: Random, family: TownFamily): string {
  return `${random.pick(TOWN_LINKS).network[family]}${random.pick(HOSTS)}`;
}

export function ownAddress(random: Random, family: TownFamily): string {
  return random.pick(random.pick(TOWN_LINKS).own[family]);
}

/** A single address that packets have, or a prefix around some. */
export function prefix(random: Random, family: TownFamily): string {
  const whole = family === 'ipv4' ? 32 : 128;
  const network = random.pick(TOWN_LINKS).network[family];
  return random.weighted<string>([
    [4, () => hostAddress(random, family)],
    [3, () => ownAddress(random, family)],
    [3, () => (family === 'ipv4' ? `${network}0/24` : `${network}/64`)],
    [
      2,
      () =>
        family === 'ipv4'
          ? `${network}${random.pick([0, 2, 4])}/31`
          : `${network}${random.pick([0, 2, 4])}/127`,
    ],
    [1, () => (family === 'ipv4' ? '10.0.0.0/8' : 'fd00::/8')],
    [1, () => random.pick(OUTSIDE[family])],
    [1, () => (family === 'ipv4' ? '10.0.0.0/14' : 'fd02::/15')],
    [1, () => `${hostAddress(random, family)}/${whole}`],
  ]);
}

/** Ports as `80`, or `first`-`last` with this separator. */
export function portRange(random: Random, separator: string, ports: readonly number[] = PORTS): string {
  return random.weighted<string>([
    [5, () => `${random.pick(ports)}`],
    [1, () => `1${separator}79`],
    [1, () => `80${separator}1023`],
    [1, () => `1024${separator}65535`],
  ]);
}
