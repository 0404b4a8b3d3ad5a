/** Random mixtures of settings on three containers and their bridge: the same seed gives the same commands. */

/** Shell lines on top of the base wiring, and who sends to whom. */
export type Mixture = { readonly setup: string; readonly from: string; readonly to: string };

const CONTAINERS = ['a', 'b', 'c'] as const;
const NUMBERS: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3, host: 254 };
const MOST_SETTINGS = 5;

export function randomMixture(seed: number): Mixture {
  const below = randomBelow(seed);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[below(from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  const mac = (namespace: string) => `$(ip -n ${namespace} -br link show dev eth0 | awk '{print $3}')`;
  const inside = (namespace: string, command: string) => `ip netns exec ${namespace} ${command}`;
  const settings: readonly (() => string)[] = [
    () => `bridge link set dev to-${pick(CONTAINERS)} isolated on`,
    () => `bridge link set dev to-${pick(CONTAINERS)} hairpin on`,
    () => `bridge link set dev to-${pick(CONTAINERS)} state ${pick([0, 1, 2])}`,
    () => `bridge link set dev to-${pick(CONTAINERS)} locked on`,
    () => `bridge link set dev to-${pick(CONTAINERS)} flood off`,
    () => `bridge link set dev to-${pick(CONTAINERS)} learning off`,
    () =>
      `bridge fdb replace ${mac(pick(CONTAINERS))} dev to-${pick(CONTAINERS)} master ${pick(['static', 'permanent', 'sticky static'])}`,
    () =>
      inside(
        pick(CONTAINERS),
        `sysctl -q net.ipv4.conf.${pick(['all', 'eth0'])}.arp_ignore=${pick([1, 2, 3, 8])}`,
      ),
    () =>
      inside(
        pick(CONTAINERS),
        `sysctl -q net.ipv4.conf.${pick(['all', 'eth0'])}.rp_filter=${pick([0, 1, 2])}`,
      ),
    () => inside(pick(CONTAINERS), 'sysctl -q net.ipv4.conf.eth0.arp_filter=1'),
    () => `sysctl -q net.ipv4.conf.br0.proxy_arp=1 net.ipv4.ip_forward=${pick([0, 1])}`,
    () => `ip -n ${pick(CONTAINERS)} link set eth0 arp off`,
    () => `ip -n ${pick(CONTAINERS)} addr replace 10.0.0.${pick([1, 2, 3, 9])}/32 dev lo`,
    () => `ip -n ${pick(CONTAINERS)} addr flush dev eth0 scope global`,
    () => `ip -n ${pick(CONTAINERS)} route replace 10.0.0.${pick([1, 2, 3])}/32 dev lo`,
    () =>
      `ip -n ${pick(CONTAINERS)} neigh replace 10.0.0.${pick([1, 2, 3, 9])} lladdr ${mac(pick(CONTAINERS))} dev eth0 nud ${pick(['permanent', 'reachable'])}`,
    () => `sysctl -q net.bridge.bridge-nf-call-iptables=${pick([0, 1])}; iptables-nft -P FORWARD DROP`,
    () =>
      `nft add table bridge t; nft add chain bridge t c '{ type filter hook ${pick(['prerouting', 'forward', 'input', 'postrouting'])} priority 0; policy accept; }'; nft add rule bridge t c iifname "to-${pick(CONTAINERS)}" drop`,
    () => `ip link set to-${pick(CONTAINERS)} mtu 1400`,
    () => `ip link set to-${pick(CONTAINERS)} nomaster`,
  ];
  const count = 1 + below(MOST_SETTINGS);
  const lines = Array.from({ length: count }, () => `{ ${pick(settings)()}; } || true`);
  const from = pick([...CONTAINERS, 'host']);
  const others = ['a', 'b', 'c', 'host'].filter((name) => name !== from).map((name) => NUMBERS[name] ?? 9);
  // The sender has its address, and nothing of its own that keeps the request from its link: routing is not asked here.
  const source =
    from === 'host'
      ? ''
      : `
ip -n ${from} addr replace 10.0.0.${NUMBERS[from]}/24 dev eth0
ip -n ${from} addr flush dev lo scope global
ip -n ${from} route flush dev lo`;
  return { setup: `${lines.join('\n')}${source}`, from, to: `10.0.0.${pick([...others, ...others, 9])}` };
}

/** Numbers below a limit, from a linear congruential generator (Numerical Recipes). */
function randomBelow(seed: number): (limit: number) => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
