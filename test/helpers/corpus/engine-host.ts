/**
 * A host with a real engine, its containers and a gateway that is also the internet; and faults that are put in and taken
 * out again, since an engine takes seconds to start.
 */
import type { Random } from '../agreement/random.ts';
import { type Docker, type DockerVersion, startDocker } from '../docker.ts';
import { createLab, type Lab } from '../lab.ts';

/** A gateway that is also the internet, and a client there. */
const uplink = `
  ip netns add outside
  ip link add uplink type veth peer name eth0 netns outside
  ip addr add 192.0.2.2/24 dev uplink
  ip link set uplink up
  ip -n outside addr add 192.0.2.1/24 dev eth0
  ip -n outside addr add 203.0.113.10/32 dev lo
  ip -n outside link set eth0 up
  ip -n outside link set lo up
  ip route add default via 192.0.2.1`;

export type EngineHost = {
  readonly lab: Lab;
  readonly docker: Docker;
  /** The host's end of web's pair. */
  readonly veth: string;
  /** Of each container, as the lab counts. */
  readonly pids: Readonly<Record<string, number>>;
};

export async function startEngineHost(version: DockerVersion): Promise<EngineHost> {
  const lab = await createLab();
  try {
    await lab.ok(uplink);
    const docker = await startDocker(lab, { version });
    await docker.importBusybox();
    const create = (name: string, ...options: readonly string[]) =>
      docker.cli(['network', 'create', ...options, name]);
    await create('back', '-o', 'com.docker.network.bridge.name=br-back');
    await create('inside', '--internal');
    await create('kept', '-o', 'com.docker.network.bridge.enable_icc=false');
    const httpd = ['httpd', '-f', '-p', '80'];
    const publish = ['8080:80', '127.0.0.1:9090:80', '8081:81'].flatMap((port) => ['-p', port]);
    const web = await docker.runContainer({ name: 'web', args: publish, command: httpd });
    const others: readonly (readonly [string, string | undefined, readonly string[] | undefined])[] = [
      ['client', undefined, undefined],
      ['lonely', 'none', undefined],
      ['db', 'back', ['httpd', '-f', '-p', '5432']],
      ['inner', 'inside', undefined],
      ['apart1', 'kept', undefined],
      ['apart2', 'kept', undefined],
    ];
    const pids: Record<string, number> = { web: web.pid };
    for (const [name, network, command] of others) {
      const { pid } = await docker.runContainer({
        name,
        ...(network ? { network } : {}),
        ...(command ? { command } : {}),
      });
      pids[name] = pid;
    }
    const eth0 = await lab.ok(['nsenter', '-t', `${web.pid}`, '-n', 'ip', '-o', 'link', 'show', 'eth0']);
    const ifindex = /@if(\d+)/.exec(eth0)?.[1];
    const veth = (await lab.ok(`ip -o link | grep "^${ifindex}:" | cut -d" " -f2 | cut -d@ -f1`)).trim();
    return { lab, docker, veth, pids };
  } catch (error) {
    await lab.dispose();
    throw error;
  }
}

export type EngineFlow = { readonly from: string; readonly to: string };

/** Whether a real connection, or an echo, comes through; names stand for the containers' addresses. */
export async function engineFlowWorks(
  { lab, docker, pids }: EngineHost,
  { from, to }: EngineFlow,
): Promise<boolean> {
  const [, target = to, port] = /^([^:]+):(\d+)$/.exec(to) ?? [];
  const isName = pids[target] !== undefined;
  const template = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const address = isName
    ? ((await docker.cli(['inspect', '-f', template, target])).trim().split(' ')[0] ?? '')
    : target;
  const pid = pids[from];
  const inside =
    from === 'host'
      ? []
      : pid === undefined
        ? ['ip', 'netns', 'exec', from]
        : ['nsenter', '-t', `${pid}`, '-n'];
  const attempt =
    port === undefined
      ? ['ping', '-n', '-c1', '-W1', address]
      : ['busybox', 'nc', '-w', '1', address, port, '-e', 'true'];
  return (await lab.run([...inside, ...attempt])).exitCode === 0;
}

export type EngineFault = EngineFlow & {
  readonly id: string;
  readonly also?: readonly string[];
  readonly what: string;
  /** `$VETH` is the host's end of web's pair, `$WEB` and `$CLIENT` are pids. */
  readonly inject?: readonly string[];
  readonly mend?: readonly string[];
};

const INTERNET = '203.0.113.10';
const MASQUERADE = 'POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE';
const KEEP = 'iptables-save > /run/kept-rules';
const BACK = 'iptables-restore < /run/kept-rules';

/** One of `inject` is chosen, and the `mend` beside it. */
export const engineFaults: readonly EngineFault[] = [
  {
    id: 'veth-not-enslaved',
    what: 'a host end without a master',
    inject: ['ip link set $VETH nomaster'],
    mend: ['ip link set $VETH master docker0'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'veth-wrong-bridge',
    what: 'a host end in another bridge',
    inject: ['ip link set $VETH master br-back'],
    mend: ['ip link set $VETH master docker0'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'bridge-lost-ip',
    what: 'docker0 without its address',
    inject: ['ip addr del 172.17.0.1/16 dev docker0'],
    mend: ['ip addr add 172.17.0.1/16 dev docker0'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'bridge-down',
    what: 'docker0 down',
    inject: ['ip link set docker0 down'],
    mend: ['ip link set docker0 up'],
    from: 'client',
    to: 'web:80',
  },
  {
    id: 'bridge-port-down',
    what: 'a host end down',
    inject: ['ip link set $VETH down'],
    mend: ['ip link set $VETH up'],
    from: 'client',
    to: 'web:80',
  },
  {
    id: 'docker-user-block',
    what: "a user's drop",
    inject: [
      'iptables -I DOCKER-USER -i docker0 -j DROP',
      'iptables -I DOCKER-USER -d 203.0.113.0/24 -j REJECT',
      'iptables -I DOCKER-USER -s 172.17.0.0/16 ! -d 172.17.0.0/16 -j REJECT --reject-with icmp-host-prohibited',
    ],
    mend: ['iptables -D DOCKER-USER 1', 'iptables -D DOCKER-USER 1', 'iptables -D DOCKER-USER 1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'nft-native-drop',
    what: 'a table of nftables with a policy of drop',
    inject: [
      "nft 'add table inet fw; add chain inet fw f { type filter hook forward priority 0; policy drop; }; add rule inet fw f ct state established accept'",
      'nft \'add table inet fw; add chain inet fw f { type filter hook prerouting priority -250; }; add rule inet fw f iifname "docker0" ip daddr 203.0.113.0/24 drop\'',
    ],
    mend: ['nft delete table inet fw', 'nft delete table inet fw'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'legacy-nft-split',
    what: 'a policy of the other flavour',
    inject: ['iptables-legacy -P FORWARD DROP', 'iptables-legacy -A FORWARD -i docker0 -j DROP'],
    mend: ['iptables-legacy -P FORWARD ACCEPT', 'iptables-legacy -F FORWARD'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'raw-drop',
    what: 'a drop in table raw',
    inject: ['iptables -t raw -I PREROUTING -i docker0 -p icmp -j DROP'],
    mend: ['iptables -t raw -D PREROUTING 1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'mangle-drop',
    what: 'a drop in table mangle',
    inject: ['iptables -t mangle -A FORWARD -o uplink -j DROP'],
    mend: ['iptables -t mangle -F FORWARD'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'masq-missing',
    what: 'the MASQUERADE deleted',
    inject: [`${KEEP}; iptables -t nat -D ${MASQUERADE}`],
    mend: [BACK],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'snat-wrong-source',
    what: 'SNAT to an address that is not here',
    inject: ['iptables -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j SNAT --to-source 10.99.99.99'],
    mend: ['iptables -t nat -D POSTROUTING 1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'forward-policy-drop',
    what: 'FORWARD flushed',
    inject: [`${KEEP}; iptables -P FORWARD DROP; iptables -F FORWARD`],
    mend: [BACK],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'ip-forward-off',
    what: 'forwarding off',
    inject: ['sysctl -qw net.ipv4.ip_forward=0'],
    mend: ['sysctl -qw net.ipv4.ip_forward=1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'iface-forwarding-off',
    what: 'forwarding off on docker0',
    inject: ['sysctl -qw net.ipv4.conf.docker0.forwarding=0'],
    mend: ['sysctl -qw net.ipv4.conf.docker0.forwarding=1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'route-blackhole',
    what: 'a route that swallows',
    inject: ['ip route add blackhole 203.0.113.0/24', 'ip rule add pref 50 iif docker0 prohibit'],
    mend: ['ip route del blackhole 203.0.113.0/24', 'ip rule del pref 50'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'host-no-upstream',
    what: 'no default route',
    inject: ['ip route del default'],
    mend: ['ip route add default via 192.0.2.1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'ctr-no-route',
    what: 'no default route in the container',
    inject: ['nsenter -t $WEB -n ip route del default'],
    mend: ['nsenter -t $WEB -n ip route add default via 172.17.0.1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'ctr-wrong-gateway',
    what: 'a default route to nobody',
    inject: ['nsenter -t $WEB -n ip route replace default via 172.17.0.200'],
    mend: ['nsenter -t $WEB -n ip route replace default via 172.17.0.1'],
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'ctr-output-block',
    what: "a container's own rules",
    inject: ['nsenter -t $CLIENT -n iptables -P OUTPUT DROP'],
    mend: ['nsenter -t $CLIENT -n iptables -P OUTPUT ACCEPT'],
    from: 'client',
    to: 'web:80',
  },
  { id: 'networks-isolated', what: 'another network', from: 'web', to: 'db:5432' },
  { id: 'network-internal', what: 'an internal network', from: 'inner', to: INTERNET },
  { id: 'icc-off', what: 'a network that keeps containers apart', from: 'apart1', to: 'apart2' },
  { id: 'network-mode-shape', what: 'no network', from: 'lonely', to: INTERNET },
  { id: 'publish-loopback-only', what: 'published at 127.0.0.1', from: 'outside', to: '192.0.2.2:9090' },
  { id: 'publish-wrong-port', what: 'a wrong port published', from: 'outside', to: '192.0.2.2:8081' },
  { id: 'svc-not-listening', what: 'a port where nothing listens', from: 'client', to: 'web:81' },
  { id: 'localhost-misuse', what: 'localhost for a neighbour', from: 'client', to: '127.0.0.1:80' },
  {
    id: 'docker-rules-flushed',
    what: 'all rules flushed',
    inject: [
      `${KEEP}; for table in filter nat raw; do iptables -t $table -F; iptables -t $table -X; done; iptables -P FORWARD ACCEPT`,
    ],
    mend: [BACK],
    from: 'web',
    to: INTERNET,
  },
];

/** Flows that work on the healthy host. */
export const engineFlows: readonly EngineFlow[] = [
  { from: 'web', to: INTERNET },
  { from: 'client', to: 'web:80' },
  { from: 'outside', to: '192.0.2.2:8080' },
  { from: 'host', to: 'web:80' },
  { from: 'host', to: '192.0.2.2:8080' },
  { from: 'db', to: INTERNET },
];

/** One way to inject the fault, with what takes it out again. */
export function chooseInjection(
  random: Random,
  { inject = ['true'], mend = ['true'] }: Pick<EngineFault, 'inject' | 'mend'>,
) {
  const at = random.below(inject.length);
  return { inject: inject[at] ?? 'true', mend: mend[at] ?? 'true' };
}

export async function change({ lab, veth, pids }: EngineHost, script: string): Promise<void> {
  const known: Readonly<Record<string, string>> = {
    VETH: veth,
    WEB: `${pids.web}`,
    CLIENT: `${pids.client}`,
  };
  await lab.ok(script.replace(/\$(VETH|WEB|CLIENT)/g, (_, name: string) => known[name] ?? ''));
}
