/** Many rules of varied conditions, none of which the benchmark's packet meets but the last, which drops it. */

/** As iptables-restore(8) reads them. */
export function iptablesRules(count: number): string {
  const rules = Array.from({ length: count - 1 }, (_, index) => `-A FORWARD ${iptablesRule(index)}`);
  return ['*filter', ':FORWARD ACCEPT [0:0]', ...rules, '-A FORWARD -j DROP', 'COMMIT', ''].join('\n');
}

/** As nft(8) reads them. */
export function nftRules(count: number): string {
  const rules = Array.from({ length: count - 1 }, (_, index) => `\t\t${nftRule(index)}`);
  const chain = 'type filter hook forward priority filter; policy accept;';
  return [
    'table inet many {',
    '\tchain forward {',
    `\t\t${chain}`,
    ...rules,
    '\t\tdrop',
    '\t}',
    '}',
    '',
  ].join('\n');
}

function iptablesRule(index: number): string {
  const address = addressOf(index);
  const port = portOf(index);
  switch (index % 8) {
    case 0:
      return `-s ${address}/32 -p tcp -m tcp --dport ${port} -j DROP`;
    case 1:
      return `-d ${address}/32 -i eth7 -j DROP`;
    case 2:
      return `-i br-${index} -o br-${index + 1} -j ACCEPT`;
    case 3:
      return `-p udp -m udp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`;
    case 4:
      return `-p tcp -m multiport --dports 25,${port} -m comment --comment "service ${index}" -j ACCEPT`;
    case 5:
      return `-m mark --mark 0x${(index + 1).toString(16)}/0xffff -j ACCEPT`;
    case 6:
      return `-s ${address}/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`;
    default:
      return `! -s 10.0.0.0/8 -d ${address}/32 -p tcp -m tcp --sport ${port} -j REJECT --reject-with tcp-reset`;
  }
}

function nftRule(index: number): string {
  const address = addressOf(index);
  const port = portOf(index);
  switch (index % 8) {
    case 0:
      return `ip saddr ${address} tcp dport ${port} drop`;
    case 1:
      return `ip daddr ${address} iifname "eth7" counter drop`;
    case 2:
      return `iifname "br-${index}" oifname "br-${index + 1}" accept`;
    case 3:
      return `udp dport ${port} ct state new accept`;
    case 4:
      return `tcp dport { 25, ${port} } accept comment "service ${index}"`;
    case 5:
      return `meta mark & 0x0000ffff == ${index + 1} accept`;
    case 6:
      return `ip saddr ${address} ct state related,established accept`;
    default:
      return `ip saddr != 10.0.0.0/8 ip daddr ${address} tcp sport ${port} reject with tcp reset`;
  }
}

function addressOf(index: number): string {
  return `172.${16 + (index >> 14)}.${(index >> 7) & 127}.${index & 127}`;
}

function portOf(index: number): number {
  return 1024 + (index % 32_000);
}
