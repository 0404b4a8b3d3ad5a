/**
 * What `show T nat` says in sentences, against what the engine was told to publish and to masquerade: Docker 20.10 and 28
 * write different chains, and read alike.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Docker, type DockerVersion, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Started } from '../helpers/lab-process.ts';

type NatDocument = {
  readonly translations: readonly {
    readonly text: string;
    readonly world: string;
    readonly family: string;
    readonly now?: string;
  }[];
};

/** The way out: an internet behind the host's uplink, where a container's ping is answered. */
const uplink = `
  ip netns add internet
  ip link add uplink type veth peer name eth0 netns internet
  ip addr add 192.0.2.2/24 dev uplink
  ip link set uplink up
  ip -n internet addr add 192.0.2.1/24 dev eth0
  ip -n internet addr add 203.0.113.10/32 dev lo
  ip -n internet link set eth0 up
  ip -n internet link set lo up
  ip route add default via 192.0.2.1`;

describe.each<DockerVersion>(['20.10', '28'])('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;
  let ping: Started;
  let addresses: Readonly<Record<string, string>>;
  let sentences: readonly string[];
  let document: NatDocument;

  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(uplink);
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    const made = ['network', 'create', '-o'];
    await docker.cli([
      ...made,
      'com.docker.network.bridge.name=br-back',
      '--subnet',
      '172.30.0.0/16',
      'back',
    ]);
    await docker.cli([...made, 'com.docker.network.bridge.name=br-int', '--internal', 'inner']);
    await docker.runContainer({ name: 'web', args: ['-p', '8080:80'] });
    const published = ['-p', '127.0.0.1:5432:5432', '-p', '5353:53/udp'];
    await docker.runContainer({ name: 'db', network: 'back', args: published });
    addresses = Object.fromEntries(
      await Promise.all(['web', 'db'].map(async (name) => [name, await addressOf(docker, name)])),
    );
    ping = await lab.spawn([...['nsenter', '-t', await pidOf(docker, 'web'), '-n'], 'ping', '203.0.113.10']);
    await ping.waitForOutput(/bytes from/);
    document = await lab.netpeekJson<NatDocument>(['show', 'host', 'nat']);
    sentences = document.translations.filter(({ family }) => family === 'ip').map(({ text }) => text);
  });
  afterAll(() => lab.dispose());

  test('each published port is a sentence that names its container and Docker’s proxy', async () => {
    const { stdout } = await lab.netpeek(['show', 'host', 'nat']);
    const published: string[] = [];
    for (const name of ['web', 'db'])
      for (const line of (await docker.cli(['port', name])).trim().split('\n')) {
        const [, port, protocol, address, hostPort] = /^(\d+)\/(\w+) -> (.*):(\d+)$/.exec(line) ?? [];
        if (address?.includes(':')) continue;
        const where = address === '0.0.0.0' ? hostPort : `${address}:${hostPort}`;
        const pid = await proxyOf(lab, String(protocol), String(hostPort));
        const by = `by DNAT and docker-proxy pid ${pid}`;
        published.push(`published ${where}/${protocol} → ${name} ${addresses[name]}:${port}, ${by}`);
      }
    expect(published).toHaveLength(3);
    expect(sentences.filter((text) => /^published .* by DNAT/.test(text)).sort()).toEqual(published.sort());
    for (const text of published) expect(stdout).toContain(text);
  });

  test('each network that is not internal is masqueraded where it leaves its bridge', async () => {
    expect(sentences.filter((text) => /^[\d./]+ leaving by .* is masqueraded$/.test(text)).sort()).toEqual([
      '172.17.0.0/16 leaving by anything but docker0 is masqueraded',
      '172.30.0.0/16 leaving by anything but br-back is masqueraded',
    ]);
  });

  test('what is left as it is has a sentence, and nothing is left without one', () => {
    const [exception] = sentences;
    expect(exception).toMatch(
      /^everything to this host arriving by (br-back or docker0|docker0 or br-back) is not translated: /,
    );
    const others = sentences.filter((text) => !/published|is masqueraded|is not translated/.test(text));
    expect(others).toEqual([]);
  });

  test('who is masqueraded right now is told beneath the sentence of the rule that does it', () => {
    const doing = document.translations.filter(({ now }) => now !== undefined);
    expect(doing).toMatchObject([
      {
        text: '172.17.0.0/16 leaving by anything but docker0 is masqueraded',
        now: `now: 1 connection, e.g. ${addresses.web} → 203.0.113.10 as 192.0.2.2`,
      },
    ]);
  });

  test('a container on a network of its own asks Docker’s resolver, where the rules send it', async () => {
    const { stdout } = await lab.netpeek(['show', 'db', 'nat']);
    const rules = await lab.ok([
      'nsenter',
      '-t',
      await pidOf(docker, 'db'),
      '-n',
      'iptables-save',
      '-t',
      'nat',
    ]);
    for (const protocol of ['tcp', 'udp']) {
      const [, to] =
        new RegExp(`-p ${protocol} .* --to-destination (127\\.0\\.0\\.11:\\d+)`).exec(rules) ?? [];
      expect(stdout).toContain(`DNS queries (${protocol}) to 127.0.0.11:53 go to ${to}, Docker's resolver`);
    }
  });
});

/** The process of Docker's proxy that listens on the port for IPv4, as ss(8) tells. */
async function proxyOf(lab: Lab, protocol: string, port: string): Promise<string> {
  const listed = await lab.ok(['ss', '-4', '-Hlnp', `--${protocol}`, `sport = :${port}`]);
  return /"docker-proxy",pid=(\d+)/.exec(listed)?.[1] ?? 'none';
}

async function addressOf(docker: Docker, name: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return (await docker.cli(['inspect', '-f', format, name])).trim();
}

async function pidOf(docker: Docker, name: string): Promise<string> {
  return (await docker.cli(['inspect', '-f', '{{.State.Pid}}', name])).trim();
}
