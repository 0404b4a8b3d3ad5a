/** Random conditions of rules: such as fit a packet, and such as only look like it; for iptables and for nftables. */
import type { Random } from '../agreement/random.ts';
import type { Seen } from './flows.ts';

type Condition = { readonly iptables: string; readonly nft: string };

/** The protocol must be said where ports are. */
export type Match = { readonly iptables: string; readonly nft: string };

/** Some conditions that all fit. */
export function fitting(random: Random, seen: Seen): Match {
  return join(random.some(fittingConditions(random, seen), 3));
}

/** Conditions of which one at least does not fit. */
export function missing(random: Random, seen: Seen): Match {
  const fits = fittingConditions(random, seen).filter(() => random.chance(40));
  const wrong = random.pick(wrongConditions(seen));
  // Once each: a rule takes no condition twice.
  const kindOf = ({ nft }: Condition) =>
    nft
      .split(' ')
      .slice(0, /^(ip|tcp|udp) /.test(nft) ? 2 : 1)
      .join(' ');
  return join([
    ...fits.filter(
      (one) => kindOf(one) !== kindOf(wrong) && !(one.nft.includes('dport') && wrong.nft.includes('udp')),
    ),
    wrong,
  ]);
}

function join(conditions: readonly Condition[]): Match {
  return {
    iptables: conditions.map(({ iptables }) => iptables).join(' '),
    nft: conditions.map(({ nft }) => nft).join(' '),
  };
}

function fittingConditions(random: Random, seen: Seen): readonly Condition[] {
  const { in: inLink, out: outLink, source, destination, port } = seen;
  const from = random.pick([`${source}/32`, `${prefix(source, 3)}.0/24`, `${prefix(source, 2)}.0.0/16`]);
  const to = random.pick([`${destination}/32`, `${prefix(destination, 3)}.0/24`]);
  const wild = (name: string) => random.pick([name, `${name.slice(0, -1)}+`]);
  const link = (option: string, word: string, name: string): Condition => {
    const written = wild(name);
    return { iptables: `-${option} ${written}`, nft: `${word} "${written.replace('+', '*')}"` };
  };
  return [
    ...(inLink === undefined ? [] : [link('i', 'iifname', inLink)]),
    ...(outLink === undefined ? [] : [link('o', 'oifname', outLink)]),
    { iptables: `-s ${from}`, nft: `ip saddr ${from}` },
    { iptables: `-d ${to}`, nft: `ip daddr ${random.pick([to, `{ ${to} }`, `{ 192.0.2.0/24, ${to} }`])}` },
    ...(port === undefined
      ? []
      : [
          random.pick([
            { iptables: `-p tcp --dport ${port}`, nft: `tcp dport ${port}` },
            { iptables: `-p tcp -m multiport --dports 22,${port}`, nft: `tcp dport { 22, ${port} }` },
            { iptables: `-p tcp --dport ${port - 1}:${port + 5}`, nft: `tcp dport ${port - 1}-${port + 5}` },
          ]),
        ]),
  ];
}

// None is negated: it would fit the answers.
function wrongConditions({ port, in: inLink, out: outLink }: Seen): readonly Condition[] {
  return [
    { iptables: '-s 198.18.0.0/15', nft: 'ip saddr 198.18.0.0/15' },
    { iptables: '-d 198.18.7.0/24', nft: 'ip daddr 198.18.7.0/24' },
    { iptables: '-p udp --dport 1900', nft: 'udp dport 1900' },
    ...(inLink === undefined ? [] : [{ iptables: '-i wg0', nft: 'iifname "wg0"' }]),
    ...(outLink === undefined ? [] : [{ iptables: '-o tun+', nft: 'oifname "tun*"' }]),
    ...(port === undefined ? [] : [{ iptables: `-p tcp --dport ${port + 1}`, nft: `tcp dport ${port + 1}` }]),
  ];
}

function prefix(address: string, bytes: number): string {
  return address.split('.').slice(0, bytes).join('.');
}
