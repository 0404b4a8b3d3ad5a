/** Two containers on the host's bridge, as a snapshot to change: every table that the link layer asks for is there. */
import { parseSave } from '../../../../probes/iptables/parse-save.ts';
import type { Address } from '../../../../src/model/address.ts';
import type { Link } from '../../../../src/model/link.ts';
import type { Namespace } from '../../../../src/model/namespace.ts';
import type { Packet } from '../../../../src/path/netfilter/packet.ts';
import { ConnectionTable } from '../../../../src/path/walk/connections.ts';
import { firstPacket } from '../../../../src/path/walk/first-packet.ts';
import { frameIn } from '../../../../src/path/walk/frame-in.ts';
import { frameOut } from '../../../../src/path/walk/frame-out.ts';
import type { State, StepResult, World } from '../../../../src/path/walk/state.ts';
import { transmit } from '../../../../src/path/walk/transmit.ts';
import { link, namespace, snapshot } from '../../../helpers/made-up.ts';

export const MAC = {
  a: '02:00:00:00:00:0a',
  b: '02:00:00:00:00:0b',
  toA: '02:00:00:00:00:1a',
  toB: '02:00:00:00:00:1b',
  br0: '02:00:00:00:00:ff',
} as const;

export function address(ifindex: number, text: string, flags: readonly string[] = []): Address {
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  return { ifindex, family, address: text, prefixLength: 24, scope: 'global', flags };
}

const forwarding = { kind: 'bridge', state: 'forwarding' } as const;
const master = { ifindex: 2, name: 'br0' };

export const br0 = link({
  ifindex: 2,
  name: 'br0',
  kind: 'bridge',
  mac: MAC.br0,
  details: { kind: 'bridge' },
});
export const toA = link({
  ifindex: 3,
  name: 'to-a',
  mac: MAC.toA,
  master,
  port: forwarding,
  peer: { namespace: 'a', ifindex: 2, name: 'eth0' },
});
export const toB = link({
  ifindex: 4,
  name: 'to-b',
  mac: MAC.toB,
  master,
  port: forwarding,
  peer: { namespace: 'b', ifindex: 2, name: 'eth0' },
});
export const eth0 = {
  a: link({ mac: MAC.a, peer: { namespace: 'host', ifindex: 3, name: 'to-a' } }),
  b: link({ mac: MAC.b, peer: { namespace: 'host', ifindex: 4, name: 'to-b' } }),
};

const SYSCTLS = {
  'ipv4/conf/all/arp_ignore': '0',
  'ipv4/conf/all/proxy_arp': '0',
  'ipv4/conf/eth0/arp_ignore': '0',
  'ipv4/conf/eth0/proxy_arp': '0',
  'ipv4/conf/br0/arp_ignore': '0',
};

/** A namespace whose tables were all read and hold nothing. */
export function bare(name: string, given: Partial<Namespace>): Namespace {
  return namespace({
    id: name,
    name,
    routes: [],
    policyRules: [],
    neighbours: [],
    fdb: [],
    trafficControl: { qdiscs: [], filters: [] },
    rulesets: (['ipv4', 'ipv6'] as const).flatMap((family) =>
      (['nft', 'legacy'] as const).map((flavour) => parseSave('', { family, flavour })),
    ),
    nftables: [],
    sysctls: SYSCTLS,
    ...given,
  });
}

export type Changes = {
  readonly a?: Partial<Namespace>;
  readonly b?: Partial<Namespace>;
  readonly host?: Partial<Namespace>;
  readonly more?: readonly Namespace[];
  /** Of every route question but one for a local address. */
  readonly answer?: ReturnType<NonNullable<World['ask']>>;
};

export function wired({ a, b, host, more = [], answer }: Changes = {}): World {
  const namespaces = [
    bare('host', { links: [br0, toA, toB], addresses: [address(2, '10.0.0.254')], ...host }),
    bare('a', { links: [eth0.a], addresses: [address(2, '10.0.0.1'), address(2, 'fd00::1')], ...a }),
    bare('b', { links: [eth0.b], addresses: [address(2, '10.0.0.2'), address(2, 'fd00::2')], ...b }),
    ...more,
  ];
  return {
    snapshot: snapshot({ namespaces }),
    direction: 'request',
    connections: new ConnectionTable(),
    wanted: new Set(),
    ask: () => answer ?? { kind: 'found', type: 'local', link: 'lo' },
  };
}

export type Told = {
  readonly results: readonly StepResult[];
  /** `namespace/link verdict detail`, one line for each hop. */
  readonly lines: readonly string[];
  readonly faults: readonly string[];
  /** Where a stack takes it, or how it ends. */
  readonly end: string;
  readonly packet: Packet | undefined;
};

export type Sending = {
  readonly from?: string;
  readonly by?: string;
  readonly to: string;
  readonly packet?: Partial<Packet>;
};

/** All that the link layer says of a packet from a link to the next stack. */
export function send(world: World, { from = 'a', by = 'eth0', to, packet = {} }: Sending): Told {
  const sender = world.snapshot.namespaces.find(({ name }) => name === from);
  const out: Link | undefined = sender?.links?.find(({ name }) => name === by);
  if (!sender || !out) throw new Error(`there is no ${from}/${by}`);
  const source = to.includes(':') ? 'fd00::1' : '10.0.0.1';
  const flow = { from, to, proto: 'icmp', source, destination: to, port: null } as const;
  return follow(world, {
    at: 'transmit',
    namespace: sender,
    link: out,
    nextHop: to,
    packet: { ...firstPacket(flow), ...packet },
  });
}

const MOST_STEPS = 40;

export function follow(world: World, start: State): Told {
  const results: StepResult[] = [];
  let state: State | undefined = start;
  while (state && state.at !== 'receive' && results.length < MOST_STEPS) {
    const result: StepResult = step(world, state);
    results.push(result);
    state = result.next;
  }
  const end = results.at(-1)?.end;
  return {
    results,
    lines: results
      .flatMap(({ hops }) => hops)
      .map(({ namespace: { name }, link: on, verdict, detail }) => `${name}/${on} ${verdict} ${detail}`),
    faults: results.flatMap(({ faults }) => faults.map(({ kind }) => kind)),
    end: state
      ? `${state.namespace.name}/${'link' in state ? state.link?.name : ''}`
      : (end?.how ?? 'nowhere'),
    packet: state?.packet,
  };
}

function step(world: World, state: State): StepResult {
  if (state.at === 'transmit') return transmit(world, state);
  if (state.at === 'frame-out') return frameOut(world, state);
  if (state.at === 'frame-in') return frameIn(world, state);
  throw new Error(`${state.at} is no step of the link layer`);
}
