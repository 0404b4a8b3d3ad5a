/** The flows that are asked for, and what the rules of the host see of each. */
import type { Random } from '../agreement/random.ts';
import type { Network } from './network.ts';

export type FlowKind =
  | 'egress'
  | 'published-outside'
  | 'published-host'
  | 'published-container'
  | 'same-bridge'
  | 'across'
  | 'to-host'
  | 'from-host';

/** A packet as one hook sees it. */
export type Seen = {
  readonly in?: string;
  readonly out?: string;
  readonly source: string;
  readonly destination: string;
  readonly port?: number;
};

export type CaseFlow = {
  readonly kind: FlowKind;
  /** As `netpeek diagnose` takes them. */
  readonly from: string;
  readonly to: string;
  /** The namespace and address that a real attempt uses. */
  readonly sender: string;
  readonly address: string;
  /** Absent: an echo. */
  readonly port?: number;
  /** The namespaces of both ends, where they are containers. */
  readonly client?: string;
  readonly server?: string;
  /** What the hooks of the host see of the request. */
  readonly prerouting?: Seen;
  readonly forward?: Seen;
  readonly input?: Seen;
  readonly output?: Seen;
};

/** All flows that work on this network. */
function flowsOf(net: Network): readonly CaseFlow[] {
  const { first, second, uplink, host, internet, outsider, servicePort, publishedPort, hostPort } = net;
  const one = { c1: `${first.net}.2`, c2: `${first.net}.3`, c3: `${second.net}.2`, c5: `${second.net}.5` };
  const withPort = (flow: CaseFlow, port: number): CaseFlow => ({
    ...flow,
    to: `${flow.to}:${port}`,
    port,
    ...Object.fromEntries(
      (['prerouting', 'forward', 'input', 'output'] as const).flatMap((hook) => {
        const seen = flow[hook];
        return seen ? [[hook, { port, ...seen }]] : [];
      }),
    ),
  });
  const container = (
    from: string,
    inBridge: string,
    source: string,
    kind: FlowKind,
    to: string,
    rest: object,
  ): CaseFlow => ({
    kind,
    from,
    to,
    sender: from,
    address: to,
    client: from,
    prerouting: { in: inBridge, source, destination: to },
    ...rest,
  });
  const out = container('c1', first.bridge, one.c1, 'egress', internet, {
    forward: { in: first.bridge, out: uplink, source: one.c1, destination: internet },
  });
  const beside = container('c1', first.bridge, one.c1, 'same-bridge', one.c2, {
    server: 'c2',
    prerouting: undefined,
  });
  const both = container('c5', second.bridge, one.c5, 'same-bridge', one.c3, {
    server: 'c3',
    prerouting: undefined,
  });
  const across = container('c1', first.bridge, one.c1, 'across', one.c3, {
    server: 'c3',
    forward: { in: first.bridge, out: second.bridge, source: one.c1, destination: one.c3 },
  });
  const toHost = (to: string) =>
    container('c1', first.bridge, one.c1, 'to-host', to, {
      input: { in: first.bridge, source: one.c1, destination: to },
    });
  const published = { address: host, to: host, server: 'c2' };
  const inner = { destination: one.c2, port: servicePort };
  const outside: CaseFlow = {
    ...published,
    kind: 'published-outside',
    from: 'ext',
    sender: 'ext',
    prerouting: { in: uplink, source: outsider, destination: host },
    forward: { in: uplink, out: first.bridge, source: outsider, ...inner },
  };
  const byHost: CaseFlow = {
    ...published,
    kind: 'published-host',
    from: 'host',
    sender: 'host',
    output: { source: host, destination: host },
  };
  const byContainer = container('c1', first.bridge, one.c1, 'published-container', host, {
    server: 'c2',
    forward: { in: first.bridge, out: first.bridge, source: one.c1, ...inner },
  });
  const fromHost: CaseFlow = {
    kind: 'from-host',
    from: 'host',
    to: one.c2,
    sender: 'host',
    address: one.c2,
    server: 'c2',
    output: { out: first.bridge, source: `${first.net}.1`, destination: one.c2 },
  };
  return [
    out,
    withPort(out, 80),
    withPort(beside, servicePort),
    beside,
    withPort(both, servicePort),
    ...(net.style.startsWith('docker') ? [] : [withPort(across, servicePort), across]),
    withPort(toHost(`${first.net}.1`), hostPort),
    withPort(toHost(host), hostPort),
    toHost(host),
    withPort(outside, publishedPort),
    withPort(outside, publishedPort),
    withPort(byHost, publishedPort),
    ...(net.bridgedMeetRules ? [withPort(byContainer, publishedPort)] : []),
    withPort(fromHost, servicePort),
    fromHost,
  ];
}

export function randomFlow(random: Random, net: Network, kinds?: readonly FlowKind[]): CaseFlow | undefined {
  const fitting = flowsOf(net).filter(({ kind }) => !kinds || kinds.includes(kind));
  return fitting.length > 0 ? random.pick(fitting) : undefined;
}
