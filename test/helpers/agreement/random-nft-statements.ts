/** What random rules of nftables do once their conditions hold: verdicts, maps of them, marks, translations. */
import { distinct, type RulePlace, type Words } from './nft-place.ts';
import { HIDDEN_HOSTS, hostAddress, MARKS, PORTS } from './pools.ts';
import { TOWN_LINKS } from './town.ts';

export function randomStatement(place: RulePlace): Words {
  const { random, hook, type, callable, family, tableFamily, protocol, uncertain } = place;
  const hasPorts = protocol === 'tcp' || protocol === 'udp';
  const sets = tableFamily === 'inet' ? family === 'ipv4' : true;
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const text = (make: () => string) => (): Words => ({ text: make() });
  const nat = type === 'nat';
  return random.weighted<Words>([
    [6, text(() => 'accept')],
    [nat ? 1 : 5, text(() => 'drop')],
    [2, text(() => 'return')],
    [1, text(() => 'continue')],
    [sets ? 1 : 0, text(() => `add @met { ${ip} saddr }`)],
    [2, text(() => 'counter')],
    [
      callable.length > 0 ? 7 : 0,
      text(() => `${random.chance(25) ? 'goto' : 'jump'} ${random.pick(callable)}`),
    ],
    [
      type === 'filter' && hook !== 'postrouting' && hook !== 'prerouting' ? 4 : 0,
      text(() => rejectStatement(place)),
    ],
    [
      5,
      text(
        () =>
          `meta mark set ${random.pick([`${random.pick(MARKS)}`, 'ct mark', `meta mark | ${random.pick(MARKS)}`, ...(hasPorts ? [`${protocol} dport map @marks`] : []), 'meta mark & 0xfffffff0', `meta mark xor ${random.pick(MARKS)}`])}`,
      ),
    ],
    [3, text(() => `ct mark set ${random.pick([`${random.pick(MARKS)}`, 'meta mark', 'ct mark | 1'])}`)],
    [hasPorts ? 4 : 0, text(() => `${protocol} dport vmap @ways`)],
    [
      hasPorts ? 3 : 0,
      text(
        () =>
          `${protocol} dport vmap { ${random
            .some(PORTS, 3)
            .map(
              (port) =>
                `${port} : ${random.pick(['accept', 'drop', 'continue', ...callable.map((chain) => `jump ${chain}`)])}`,
            )
            .join(', ')} }`,
      ),
    ],
    [
      2,
      text(
        () =>
          `${ip} ${random.pick(['saddr', 'daddr'])} vmap { ${distinct(random, () =>
            hostAddress(random, family),
          )
            .map((host) => `${host} : ${random.pick(['accept', 'drop', 'return'])}`)
            .join(', ')} }`,
      ),
    ],
    [1, text(() => `iifname vmap { "lan0" : accept, "wan0" : ${random.pick(['drop', 'return'])} }`)],
    [
      1,
      text(
        () =>
          `ct state vmap { established : accept, new : ${random.pick(['continue', 'drop', 'accept'])}, invalid : drop }`,
      ),
    ],
    [type === 'filter' && (hook === 'prerouting' || hook === 'output') ? 3 : 0, text(() => 'notrack')],
    [1, text(() => `${ip} dscp set ${random.pick(['cs0', 'af11', 'ef'])}`)],
    [uncertain ? 4 : 0, () => ({ text: writeStatement(place), uncertain: true })],
    [nat ? 16 : 0, () => natStatement(place, sets)],
  ]);
}

/** Behind the connection's back: what later rules see is told, and nobody follows the packet. */
function writeStatement({ random, family, protocol }: RulePlace): string {
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  const address = `${ip} ${random.pick(['saddr', 'daddr'])} set ${hostAddress(random, family)}`;
  if (protocol !== 'tcp' && protocol !== 'udp') return address;
  return random.pick([address, `${protocol} ${random.pick(['sport', 'dport'])} set ${random.pick(PORTS)}`]);
}

function rejectStatement({ random, tableFamily, protocol }: RulePlace): string {
  const kinds = {
    ip: [
      'icmp type port-unreachable',
      'icmp type admin-prohibited',
      'icmp type host-unreachable',
      'icmp type net-prohibited',
    ],
    ip6: [
      'icmpv6 type port-unreachable',
      'icmpv6 type admin-prohibited',
      'icmpv6 type no-route',
      'icmpv6 type addr-unreachable',
    ],
    inet: [
      'icmpx type port-unreachable',
      'icmpx type admin-prohibited',
      'icmpx type no-route',
      'icmpx type host-unreachable',
    ],
  }[tableFamily];
  return random.weighted<string>([
    [2, () => 'reject'],
    [protocol === 'tcp' ? 3 : 0, () => 'reject with tcp reset'],
    [4, () => `reject with ${random.pick(kinds)}`],
  ]);
}

function natStatement(place: RulePlace, sets: boolean): Words {
  const { random, family, hook, tableFamily, uncertain, protocol } = place;
  const ports = protocol === 'tcp' || protocol === 'udp';
  const ip = family === 'ipv4' ? 'ip' : 'ip6';
  // Without a match on the family, an inet chain must be told whose addresses are meant.
  const of = tableFamily === 'inet' ? ` ${ip}` : '';
  const network = random.pick(TOWN_LINKS).network[family];
  const hidden = `${network}${random.pick(HIDDEN_HOSTS)}`;
  const whole = family === 'ipv4' ? hidden : `[${hidden}]`;
  const net = `${network}${family === 'ipv4' ? '0/24' : '/64'}`;
  const port = random.pick(PORTS);
  if (hook === 'prerouting' || hook === 'output')
    return random.weighted<Words>([
      [3, () => ({ text: `dnat${of} to ${random.chance(50) ? hidden : hostAddress(random, family)}` })],
      [ports ? 5 : 0, () => ({ text: `meta l4proto ${protocol} dnat${of} to ${whole}:${port}` })],
      [2, () => ({ text: 'redirect' })],
      [ports ? 3 : 0, () => ({ text: `meta l4proto ${protocol} redirect to :${port}` })],
      [sets ? 2 : 0, () => ({ text: `dnat${of} to ${ip} daddr map @targets` })],
      [
        1,
        () => ({
          text: `dnat${of} prefix to ${ip} daddr map { ${net} : ${random.pick(TOWN_LINKS).network[family]}${family === 'ipv4' ? '0/24' : '/64'} }`,
        }),
      ],
      [ports ? 1 : 0, () => ({ text: `meta l4proto ${protocol} dnat to :${port}` })],
      [uncertain ? 1 : 0, () => ({ text: `dnat${of} to ${network}2-${network}4`, uncertain: true })],
    ]);
  const source = `${random.pick(TOWN_LINKS).network[family]}${random.pick([1, 5])}`;
  const wholeSource = family === 'ipv4' ? source : `[${source}]`;
  if (hook === 'input') return { text: `snat${of} to ${hidden}` };
  return random.weighted<Words>([
    [4, () => ({ text: 'masquerade' })],
    [3, () => ({ text: `snat${of} to ${source}` })],
    [ports ? 3 : 0, () => ({ text: `meta l4proto ${protocol} snat${of} to ${wholeSource}:5000` })],
    [
      1,
      () => ({
        text: `snat${of} prefix to ${ip} saddr map { ${net} : ${random.pick(TOWN_LINKS).network[family]}${family === 'ipv4' ? '0/24' : '/64'} }`,
      }),
    ],
    [uncertain ? 1 : 0, () => ({ text: 'masquerade random', uncertain: true })],
  ]);
}
