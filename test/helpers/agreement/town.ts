/**
 * The small network in which rules are tried: a router with two links towards `src` and two towards `dst`. Those two are
 * mere ends of wires without addresses, so that nothing but the router ever answers; it knows its neighbours by heart.
 */
import type { NamespaceHandle, System } from '../../../src/system/system.ts';
import type { Lab } from '../lab.ts';
import { encodeArp } from './frame.ts';
import { type Ears, type Mouth, openEars, openMouth, openWire, type Wire } from './wire.ts';

export type TownFamily = 'ipv4' | 'ipv6';

/** A link of the router, and the end of it that the test holds. */
export type TownLink = {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: string;
  /** The first is the one that MASQUERADE and REDIRECT take. */
  readonly own: Readonly<Record<TownFamily, readonly string[]>>;
  /** What of an address belongs to its network, without the host: `10.1.0.`, `fd01::`. */
  readonly network: Readonly<Record<TownFamily, string>>;
  readonly far: {
    readonly namespace: 'src' | 'dst';
    readonly name: string;
    readonly ifindex: number;
    readonly mac: string;
  };
};

function townLink(number: number, name: string, namespace: 'src' | 'dst', farName: string): TownLink {
  const network = { ipv4: `10.${number}.0.`, ipv6: `fd0${number}::` };
  return {
    name,
    ifindex: 20 + number,
    mac: `02:00:00:00:00:2${number}`,
    network,
    own: {
      ipv4: [`${network.ipv4}1`, `${network.ipv4}9`],
      ipv6: [`${network.ipv6}1`],
    },
    far: { namespace, name: farName, ifindex: 10 + number, mac: `02:00:00:00:00:1${number}` },
  };
}

export const TOWN_LINKS: readonly TownLink[] = [
  townLink(1, 'lan0', 'src', 'a0'),
  townLink(2, 'lan1', 'src', 'a1'),
  townLink(3, 'wan0', 'dst', 'b0'),
  townLink(4, 'wan1', 'dst', 'b1'),
];

/** The last link is also where everything else goes, by the neighbour `.2`. */
export const DEFAULT_LINK = TOWN_LINKS[3] as TownLink;
/** Hosts of each network, by the end of their addresses; the router can reach all of them. */
export const HOSTS = [2, 3, 4] as const;
/** Further hosts that only translations name. */
const ALL_HOSTS = [2, 3, 4, 5, 6, 7];

const SYSCTLS = `
  ipv4.ip_forward=1 ipv4.icmp_ratemask=0 ipv4.icmp_echo_ignore_all=1
  ipv6.conf.all.forwarding=1 ipv6.icmp.ratelimit=0 ipv6.icmp.echo_ignore_all=1
  ipv4.conf.all.rp_filter=0 ipv4.conf.default.rp_filter=0
  ipv4.conf.all.send_redirects=0 ipv4.conf.default.send_redirects=0
  ipv6.conf.default.accept_dad=0 ipv6.conf.all.accept_dad=0 ipv6.conf.default.router_solicitations=0`;

/** Sets that rules of iptables may ask, of each family by its number; they stay as they are. */
export const IPSETS = ['hosts', 'nets', 'web', 'pairs', 'all'] as const;

function ipsetLines(family: '4' | '6'): readonly string[] {
  const inet = family === '4' ? 'inet' : 'inet6';
  const [one, other] = family === '4' ? ['10.1.0', '10.3.0'] : ['fd01:', 'fd03:'];
  const address = (network: string | undefined, host: number) =>
    family === '4' ? `${network}.${host}` : `${network}:${host}`;
  const net = (network: string | undefined) => (family === '4' ? `${network}.0/24` : `${network}:/64`);
  return [
    `create hosts${family} hash:ip family ${inet}`,
    `add hosts${family} ${address(one, 2)}`,
    `add hosts${family} ${address(other, 3)}`,
    `create nets${family} hash:net family ${inet}`,
    `add nets${family} ${net(one)}`,
    `add nets${family} ${address(one, 3)} nomatch`,
    `create web${family} hash:ip,port family ${inet}`,
    `add web${family} ${address(other, 2)},tcp:80`,
    `add web${family} ${address(one, 1)},udp:53`,
    `create pairs${family} hash:net,port family ${inet}`,
    `add pairs${family} ${net(other)},tcp:443`,
    `create all${family} list:set`,
    `add all${family} hosts${family}`,
    `add all${family} nets${family}`,
  ];
}

const script = [
  'for n in src dst router; do ip netns add $n; done',
  ...['src', 'dst'].map(
    (name) =>
      `ip netns exec ${name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1`,
  ),
  `ip netns exec router sysctl -qw ${SYSCTLS.trim()
    .split(/\s+/)
    .map((one) => `net.${one}`)
    .join(' ')}`,
  `ip netns exec router ipset restore <<END\n${[...ipsetLines('4'), ...ipsetLines('6'), 'create ports bitmap:port range 1-9000', 'add ports 80', 'add ports 53'].join('\n')}\nEND`,
  'ip -n router link set lo up',
  ...TOWN_LINKS.flatMap(({ name, ifindex, mac, own, network, far }) => [
    `ip -n ${far.namespace} link add name ${far.name} index ${far.ifindex} address ${far.mac} type veth peer name ${name} index ${ifindex} netns router address ${mac}`,
    `ip -n ${far.namespace} link set ${far.name} up`,
    `ip -n router link set ${name} up`,
    ...own.ipv4.map((address) => `ip -n router addr add ${address}/24 dev ${name}`),
    ...own.ipv6.map((address) => `ip -n router addr add ${address}/64 dev ${name} nodad`),
    ...ALL_HOSTS.flatMap((host) => [
      `ip -n router neigh add ${network.ipv4}${host} lladdr ${far.mac} nud permanent dev ${name}`,
      `ip -n router neigh add ${network.ipv6}${host} lladdr ${far.mac} nud permanent dev ${name}`,
    ]),
  ]),
  `ip -n router route add default via ${DEFAULT_LINK.network.ipv4}2`,
  `ip -n router route add default via ${DEFAULT_LINK.network.ipv6}2`,
].join('\n');

export type Town = {
  readonly lab: Lab;
  readonly router: NamespaceHandle;
  /** By the router's link. */
  readonly wires: ReadonlyMap<string, Wire>;
  readonly mouths: Readonly<Record<TownFamily, Mouth>>;
  readonly ears: Readonly<Record<TownFamily, Ears>>;
  /** Sends a question behind everything sent so far, and waits for its answer: nothing is on its way any more. */
  readonly settle: () => readonly { readonly link: string; readonly frame: Uint8Array }[];
  readonly close: () => void;
};

/** Milliseconds until an answer to ARP is given up; it takes some 50 microseconds. */
const SETTLE_LIMIT_MS = 10_000;

/** Builds it in a lab, which the caller ends. */
export async function buildTown(lab: Lab, system: Pick<System, 'namespaces'>): Promise<Town> {
  await lab.ok(script);
  const open = (name: string) => system.namespaces.open(`/proc/${lab.pid}/root/run/netns/${name}`);
  const [router, src, dst] = [open('router'), open('src'), open('dst')];
  const ends = { src, dst };
  const wires = new Map(
    TOWN_LINKS.map(({ name, far }) => [name, openWire(ends[far.namespace], far.ifindex)] as const),
  );
  const ears = { ipv4: openEars(router, 'ipv4', [1, 6, 17]), ipv6: openEars(router, 'ipv6', [58, 6, 17]) };
  const mouths = { ipv4: openMouth(router, 'ipv4'), ipv6: openMouth(router, 'ipv6') };
  const first = TOWN_LINKS[0] as TownLink;
  const question = encodeArp(first.far.mac, `${first.network.ipv4}2`, first.mac, `${first.network.ipv4}1`);
  return {
    lab,
    router,
    wires,
    mouths,
    ears,
    settle: () => {
      wires.get(first.name)?.send(question);
      const found: { link: string; frame: Uint8Array }[] = [];
      const limit = performance.now() + SETTLE_LIMIT_MS;
      for (let answered = false; !answered; ) {
        if (performance.now() > limit) throw new Error('the router does not answer to ARP');
        // The answer's own link comes last: what it has overtaken nothing of has been there before.
        for (const name of [...wires.keys()].reverse())
          for (const frame of wires.get(name)?.receive() ?? []) {
            if (isArp(frame)) answered ||= name === first.name;
            else found.push({ link: name, frame });
          }
        if (answered)
          for (const [name, wire] of wires)
            for (const frame of wire.receive()) found.push({ link: name, frame });
      }
      return found;
    },
    close: () => {
      for (const one of [...wires.values(), ...Object.values(mouths), ...Object.values(ears)]) one.close();
      for (const handle of [router, src, dst]) handle.close();
    },
  };
}

function isArp(frame: Uint8Array): boolean {
  return frame[12] === 0x08 && frame[13] === 0x06;
}
