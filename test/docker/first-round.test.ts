/** The first round over a real engine's host: healthy, nothing is blamed; one fault that hits many ways is told once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FirstRound } from '../../src/model/first-round.ts';
import { type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** A gateway that is also the internet, and a client there. */
const uplink = `
  ip netns add outside
  ip link add uplink type veth peer name eth0 netns outside
  ip addr add 192.0.2.2/24 dev uplink
  ip link set uplink up
  ip -n outside addr add 192.0.2.1/24 dev eth0
  ip -n outside link set eth0 up
  ip -n outside link set lo up
  ip route add default via 192.0.2.1`;

describe.each(['20.10', '28'] as const)('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;

  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(uplink);
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    await docker.cli(['network', 'create', '--internal', 'inside']);
    const publish = ['8080:80', '127.0.0.1:9090:80'].flatMap((port) => ['-p', port]);
    await docker.runContainer({ name: 'web', args: publish, command: ['httpd', '-f', '-p', '80'] });
    await docker.runContainer({ name: 'client' });
    await docker.runContainer({ name: 'lonely', network: 'none' });
    await docker.runContainer({ name: 'inner', network: 'inside' });
    await waitFor('a server in web', async () =>
      (
        await lab.ok(['sh', '-c', 'curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:9090/ || true'])
      ).includes('404'),
    );
  });
  afterAll(() => lab.dispose());

  const round = async (...args: readonly string[]) => {
    const finished = withoutStack(await lab.netpeek([...args, 'diagnose', '--json']));
    const told = JSON.parse(finished.stdout) as FirstRound;
    const about = (n: number) => told.checked.find((way) => way.n === n)?.about;
    return {
      exitCode: finished.exitCode,
      told,
      results: Object.fromEntries(told.checked.map((way) => [way.about, way.result])),
      causes: told.causes.map(({ id, hits }) => ({ id, hits: hits.map(about) })),
    };
  };

  const OUTSIDE = "web's port 192.0.2.2:8080/tcp, from outside";
  const LOCAL = "web's port 127.0.0.1:8080/tcp, from the host";

  test('nothing is to be mended on a healthy host; what somebody wanted so is told as such', async () => {
    const { exitCode, results, causes, told } = await round();
    expect(results, JSON.stringify(told, null, 1)).toMatchObject({
      'web → internet': 'fine',
      'client → internet': 'fine',
      'lonely → internet': 'by-design',
      'inner → internet': 'by-design',
      [OUTSIDE]: 'fine',
      [LOCAL]: 'fine',
      "web's port 127.0.0.1:9090/tcp, from the host": 'fine',
    });
    expect(causes.map(({ id }) => id).toSorted()).toEqual(['network-internal', 'network-mode-shape']);
    expect(told.leftOut).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('a snapshot of the host gives the same answer', async () => {
    const file = `${lab.directory}/host.json`;
    expect((await lab.netpeek(['snapshot', '-o', file])).exitCode).toBe(0);
    const [live, saved] = [await round(), await round('--snapshot', file)];
    expect(saved.results).toEqual(live.results);
    expect(saved.causes).toEqual(live.causes);
    expect(saved.exitCode).toBe(0);
  });

  test('a published port where nothing listens is one finding for all who ask', async () => {
    await docker.runContainer({ name: 'quiet', args: ['-p', '8082:82'] });
    const { exitCode, causes } = await round();
    expect(causes[0]).toMatchObject({
      id: 'svc-not-listening',
      hits: expect.arrayContaining([
        "quiet's port 192.0.2.2:8082/tcp, from outside",
        "quiet's port 127.0.0.1:8082/tcp, from the host",
      ]),
    });
    expect(exitCode).toBe(1);
    await docker.cli(['rm', '-f', 'quiet']);
  });

  test('forwarding that is off hits everybody who is forwarded, and is told once and first', async () => {
    await lab.ok('sysctl -qw net.ipv4.ip_forward=0');
    const { exitCode, causes } = await round();
    await lab.ok('sysctl -qw net.ipv4.ip_forward=1');
    expect(causes.map(({ id }) => id)).toEqual(['ip-forward-off', expect.anything(), expect.anything()]);
    expect(causes[0]?.hits.toSorted()).toEqual(['client → internet', 'web → internet', OUTSIDE].toSorted());
    expect(exitCode).toBe(1);
  });

  test('rules that are gone are one finding, however many lose their way', async () => {
    await lab.ok('for table in filter nat raw; do iptables -t $table -F; iptables -t $table -X; done');
    const { exitCode, causes, results } = await round();
    expect(causes[0]?.id).toBe('docker-rules-flushed');
    expect(causes[0]?.hits).toEqual(expect.arrayContaining(['web → internet', 'client → internet']));
    expect(results['inner → internet']).toBe('by-design');
    expect(exitCode).toBe(1);
  });
});
