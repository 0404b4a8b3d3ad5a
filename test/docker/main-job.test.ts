/** The main job on a real engine: the right veth, bridge and network of each container, its tables, a ping, a name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, type Docker, type DockerVersion, startDocker } from '../helpers/docker.ts';
import { comparable, readVeths } from '../helpers/docker-truth.ts';
import type { LsDocument, ShowDocument, VethDocument } from '../helpers/documents.ts';
import { type Ask, readIpNeighbours, readIpRoutes, sorted } from '../helpers/iproute2.ts';
import { readIptables } from '../helpers/iptables.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { readWhileStill } from '../helpers/while-still.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const versions: readonly DockerVersion[] = ['20.10', '28'];

/** Containers by name, with the Docker networks that each is on. */
const places = {
  web: ['bridge'],
  web2: ['bridge'],
  db: ['back'],
  cache: ['back'],
  api: ['front'],
  proxy: ['back', 'front'],
} as const;
const placed = Object.keys(places) as (keyof typeof places)[];

describe.each(versions)('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;
  const containers = new Map<string, Container>();
  const run = async (name: string, network?: string, args: readonly string[] = []) => {
    containers.set(name, await docker.runContainer({ name, ...(network ? { network } : {}), args }));
  };
  beforeAll(async () => {
    lab = await createLab();
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    for (const network of ['back', 'front']) await docker.cli(['network', 'create', network]);
    for (const name of placed) await run(name, places[name][0] === 'bridge' ? undefined : places[name][0]);
    await docker.cli(['network', 'connect', 'front', 'proxy']);
    await run('lonely', 'none');
    await run('asHost', 'host');
    await run('sidecar', 'container:web');
    const label = (key: string, value: string) => ['--label', `com.docker.compose.${key}=${value}`];
    await run('shop-shop-1', 'back', [...label('project', 'mall'), ...label('service', 'shop')]);
    await run('old');
    await docker.cli(['stop', 'old']);
  });
  afterAll(() => lab.dispose());

  const pidOf = (name: string) => `${containers.get(name)?.pid}`;
  const inside =
    (name: string): Ask =>
    (argv) =>
      lab.ok(['nsenter', '--target', pidOf(name), '--net', ...argv]);
  const netpeek = async (...args: readonly string[]) => withoutStack(await lab.netpeek(args));
  const veths = async (...words: readonly string[]) =>
    (await lab.netpeekJson<VethDocument>(['veth', ...words])).veths;

  /** What the kernel and Docker say of a container's veths, without netpeek. */
  const truthOf = (name: keyof typeof places) =>
    readVeths({ lab, docker, inside: inside(name), container: name, networks: places[name] });

  describe('veth', () => {
    test.each(placed)(
      'names host link, bridge and network of %s as the kernel and Docker have them',
      async (name) => {
        const truth = await truthOf(name);
        expect(truth).toHaveLength(places[name].length);
        expect(comparable(await veths(name))).toEqual(sorted(truth));
      },
    );

    test('of all containers is right at once, although their ifindexes are alike', async () => {
      const all = await veths();
      const truth = (await Promise.all(placed.map(truthOf))).flat();
      expect(comparable(all.filter(({ container }) => container !== null && container in places))).toEqual(
        sorted(truth),
      );
      if (version === '28')
        expect(new Set(all.filter(({ link }) => link === 'eth0').map(({ ifindex }) => ifindex)).size).toBe(1);
    });

    test('leads from a host link back to its container', async () => {
      for (const name of placed)
        for (const { hostLink, link } of await veths(name))
          expect(await veths(hostLink ?? '')).toMatchObject([{ container: name, link }]);
    });

    test('finds a container by its id, an id prefix, its compose service and its project', async () => {
      const id = containers.get('db')?.id ?? '';
      for (const word of [id, id.slice(0, 12), `container:${id.slice(0, 20)}`])
        expect(await veths(word)).toMatchObject([{ container: 'db' }]);
      for (const word of ['shop', 'mall/shop', 'shop-shop-1'])
        expect(await veths(word)).toMatchObject([{ container: 'shop-shop-1', network: 'back' }]);
    });

    test('gives a container that joined another’s network the other’s veth', async () => {
      const [web] = await truthOf('web');
      expect(await veths('sidecar')).toMatchObject([{ container: 'web', hostLink: web?.hostLink }]);
    });

    test('gives a container that shares the host’s network all of the host’s pairs, each complete', async () => {
      const all = await veths('asHost');
      expect(all.map(({ container }) => container)).toEqual(expect.arrayContaining([...placed]));
      expect(all.filter(({ peerUnknown }) => peerUnknown !== undefined)).toEqual([]);
    });

    test('has none for a container without a network', async () => {
      expect(await veths('lonely')).toEqual([]);
    });
  });

  test('ls shows each namespace once, with all containers that use it', async () => {
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>(['ls']);
    const users = namespaces.map(({ name, containers: all }) => [name, ...all.map((one) => one.name)]);
    expect(gaps).toEqual([]);
    expect(sorted(users)).toEqual(
      sorted([
        ['host', 'asHost'],
        ['web', 'web', 'sidecar'],
        ['lonely', 'lonely'],
        ...['web2', 'db', 'cache', 'api', 'proxy', 'shop-shop-1'].map((name) => [name, name]),
      ]),
    );
  });

  test('a stopped container is called so', async () => {
    expect(await netpeek('veth', 'old')).toMatchObject({
      exitCode: 3,
      stderr: 'netpeek: container old is exited and has no network namespace: start it: docker start old\n',
    });
  });

  test.each(['web', 'proxy', 'lonely'])(
    'routes and neighbours of %s are what ip says in there',
    async (name) => {
      const { truth, claim } = await readWhileStill(
        async () => [await readIpRoutes(inside(name)), await readIpNeighbours(inside(name))] as const,
        () => lab.netpeekJson<ShowDocument>(['show', name, 'routes', 'neighbours']),
      );
      expect(sorted(claim.routes)).toEqual(sorted(truth[0]));
      expect(sorted(claim.neighbours)).toEqual(sorted(truth[1]));
    },
  );

  test('NAT rules of the host are what iptables says, and so are those of a container with Docker’s resolver', async () => {
    for (const [name, ask] of [
      ['host', (argv: readonly string[]) => lab.ok(argv)],
      ['db', inside('db')],
    ] as const) {
      const { truth, claim } = await readWhileStill(
        () => readIptables(ask, 'iptables'),
        async () => (await lab.netpeekJson<ShowDocument>(['show', name, 'nat'])).nat,
      );
      const chains = claim.filter(({ family }) => family === 'ipv4').flatMap((table) => table.chains);
      const rules = chains.flatMap((chain) => chain.rules);
      expect(rules.map(({ text }) => text).sort()).toEqual(
        truth.listed.filter((line) => line.startsWith('-A')).sort(),
      );
      expect(
        rules.map(({ text, counters }) => `[${counters.packets}:${counters.bytes}] ${text}`).sort(),
      ).toEqual([...truth.counted].sort());
      expect(rules.length).toBeGreaterThan(1);
    }
  });

  test('a ping between containers shows up in the capture of either', async () => {
    const ping = await lab.spawn([
      'nsenter',
      '-t',
      pidOf('db'),
      '-n',
      'ping',
      '-i',
      '0.1',
      await addressOf('cache'),
    ]);
    await ping.waitForOutput(/bytes from/);
    const { stdout, exitCode } = await netpeek('capture', 'db', 'cache/eth0', '-c', '2', '--', 'icmp');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^db +.*ICMP echo/m);
    expect(stdout).toMatch(/^cache\/eth0 .*ICMP echo/m);
    await ping.stop('SIGINT');
  });
  const addressOf = async (name: string) =>
    (
      await docker.cli(['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name])
    ).trim();

  test('attach makes ip netns exec work, and detach leaves no trace', async () => {
    const picture = () =>
      lab.ok("cut -d' ' -f3- /proc/self/mountinfo; find /run/netns /run/netpeek 2>&1 || true; ip netns");
    const before = await picture();
    expect((await netpeek('netns', 'attach', 'web')).exitCode).toBe(0);
    expect(await lab.ok(['ip', 'netns', 'exec', 'web', 'ip', 'addr'])).toContain(await addressOf('web'));
    expect((await netpeek('netns', 'ls')).stdout).toMatch(/^web .* web .*netpeek$/m);
    expect((await netpeek('veth', 'web')).exitCode).toBe(0);
    expect((await netpeek('netns', 'detach', 'web')).exitCode).toBe(0);
    expect(await picture()).toBe(before);
  });

  test('a container that goes while it is read is no error', async () => {
    let over = false;
    const churn = (async () => {
      for (let round = 0; round < 6; round += 1) await docker.cli(['run', '--rm', 'bb', 'true']);
      over = true;
    })();
    const listed = await waitFor(
      'containers to come and go beside ls',
      async () => {
        const { exitCode, stdout } = await netpeek('ls', '--json');
        const { namespaces } = JSON.parse(stdout) as LsDocument;
        expect(exitCode).toBe(0);
        expect(namespaces.map(({ name }) => name)).toEqual(expect.arrayContaining(['host', ...placed]));
        return over && namespaces;
      },
      60_000,
    );
    await churn;
    expect(listed.length).toBeGreaterThan(placed.length);
  });

  test('an engine that is stopped is a gap, and the namespaces are shown all the same', async () => {
    await docker.stop('SIGKILL');
    const { exitCode, stdout } = await netpeek('ls', '--json');
    const { namespaces, gaps } = JSON.parse(stdout) as LsDocument;
    expect(exitCode).toBe(0);
    expect(gaps).toContainEqual(expect.objectContaining({ probe: 'docker' }));
    expect(namespaces.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['host', ...['web', 'db'].map((name) => `pid:${pidOf(name)}`)]),
    );
    expect((await netpeek('veth', `pid:${pidOf('web')}`)).stdout).toContain('docker0');
    expect((await netpeek('ls', '--docker-host', `unix://${docker.socket}`)).exitCode).toBe(5);
  });
});
