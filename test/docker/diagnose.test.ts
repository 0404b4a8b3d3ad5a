/**
 * Faults on a real engine's host: what the engine wants is there, what the kernel has is not, or what is lost is lost by
 * design. diagnose names which; what works is not blamed.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

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

type Fault = {
  readonly id: string;
  readonly what: string;
  readonly inject?: string;
  readonly mend?: string;
  readonly from: string;
  readonly to: string;
};

const INTERNET = '203.0.113.10';
const MASQUERADE = 'POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE';

const faults: readonly Fault[] = [
  {
    id: 'veth-not-enslaved',
    what: 'a host end without a master',
    inject: 'ip link set $VETH nomaster',
    mend: 'ip link set $VETH master docker0',
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'veth-not-enslaved',
    what: 'the same, from its neighbour',
    inject: 'ip link set $VETH nomaster',
    mend: 'ip link set $VETH master docker0',
    from: 'client',
    to: 'web:80',
  },
  {
    id: 'veth-wrong-bridge',
    what: 'a host end in another bridge',
    inject: 'ip link set $VETH master br-back',
    mend: 'ip link set $VETH master docker0',
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'bridge-lost-ip',
    what: 'docker0 without its address',
    inject: 'ip addr del 172.17.0.1/16 dev docker0',
    mend: 'ip addr add 172.17.0.1/16 dev docker0',
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'docker-user-block',
    what: "a user's drop",
    inject: 'iptables -I DOCKER-USER -i docker0 -j DROP',
    mend: 'iptables -D DOCKER-USER 1',
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'masq-missing',
    what: 'the MASQUERADE deleted',
    inject: `iptables -t nat -D ${MASQUERADE}`,
    mend: `iptables -t nat -A ${MASQUERADE}`,
    from: 'web',
    to: INTERNET,
  },
  {
    id: 'ip-forward-off',
    what: 'forwarding off',
    inject: 'sysctl -qw net.ipv4.ip_forward=0',
    mend: 'sysctl -qw net.ipv4.ip_forward=1',
    from: 'web',
    to: INTERNET,
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
    inject: `for table in filter nat raw; do iptables -t $table -F; iptables -t $table -X; done; iptables -P FORWARD ACCEPT`,
    from: 'web',
    to: INTERNET,
  },
];

describe.each(['20.10', '28'] as const)('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;
  let veth = '';
  let restore: string | undefined;

  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(uplink);
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    const create = (name: string, ...options: readonly string[]) =>
      docker.cli(['network', 'create', ...options, name]);
    await create('back', '-o', 'com.docker.network.bridge.name=br-back');
    await create('inside', '--internal');
    await create('kept', '-o', 'com.docker.network.bridge.enable_icc=false');
    const httpd = ['httpd', '-f', '-p', '80'];
    const publish = ['8080:80', '127.0.0.1:9090:80', '8081:81'].flatMap((port) => ['-p', port]);
    const { pid } = await docker.runContainer({ name: 'web', args: publish, command: httpd });
    await docker.runContainer({ name: 'client' });
    await docker.runContainer({ name: 'lonely', network: 'none' });
    for (const [name, network] of [
      ['db', 'back'],
      ['inner', 'inside'],
      ['apart1', 'kept'],
      ['apart2', 'kept'],
    ] as const)
      await docker.runContainer({ name, network });
    const eth0 = await lab.ok(['nsenter', '-t', `${pid}`, '-n', 'ip', '-o', 'link', 'show', 'eth0']);
    const ifindex = /@if(\d+)/.exec(eth0)?.[1];
    veth = (await lab.ok(`ip -o link | grep "^${ifindex}:" | cut -d" " -f2 | cut -d@ -f1`)).trim();
  });
  afterAll(() => lab.dispose());
  afterEach(async () => {
    await change(restore);
    restore = undefined;
  });

  const diagnose = async (from: string, to: string) => {
    const finished = withoutStack(await lab.netpeek(['diagnose', from, to, '--json', '--no-live']));
    return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
  };
  const change = (script: string | undefined) => lab.ok((script ?? 'true').replaceAll('$VETH', veth));

  test.each([
    ['web', INTERNET],
    ['client', 'web:80'],
    ['outside', '192.0.2.2:8080'],
    ['host', 'web:80'],
  ])('%s reaches %s', async (from, to) => {
    const { diagnosis, exitCode } = await diagnose(from, to);
    expect({ verdict: diagnosis.verdict, causes: diagnosis.causes, exitCode }).toEqual({
      verdict: 'works',
      causes: [],
      exitCode: 0,
    });
  });

  test('the address of a container itself is open to the outside before Docker 28, and closed since', async () => {
    restore = 'ip -n outside route del 172.17.0.0/16';
    await change('ip -n outside route add 172.17.0.0/16 via 192.0.2.2');
    const { diagnosis } = await diagnose('outside', '172.17.0.2:80');
    expect(diagnosis.causes.map(({ id }) => id)).toEqual(version === '28' ? ['docker28-direct-drop'] : []);
    expect(diagnosis.verdict).toBe(version === '28' ? 'broken' : 'works');
  });

  // In this order: nothing mends the last.
  test.each(faults)('$id: $what', async ({ id, inject, mend, from, to }) => {
    restore = mend;
    await change(inject);
    const { diagnosis, exitCode } = await diagnose(from, to);
    const told = JSON.stringify(diagnosis, null, 1);
    expect(diagnosis.causes[0]?.id, told).toBe(id);
    expect({ verdict: diagnosis.verdict, exitCode }, told).toEqual({ verdict: 'broken', exitCode: 1 });
  });
});
