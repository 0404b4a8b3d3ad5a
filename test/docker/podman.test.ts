/** Podman through its Docker-compatible socket: the right veth, bridge and network of each container, as with Docker. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Container } from '../helpers/docker.ts';
import type { LsDocument, LsNamespace, ShowDocument, Veth, VethDocument } from '../helpers/documents.ts';
import { readIpLinks, readIpRoutes, sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { type Podman, startPodman } from '../helpers/podman.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** Containers by name, with podman's network of each. `podman` is its default one. */
const places = { web: 'podman', web2: 'podman', db: 'back' } as const;
type Name = keyof typeof places;
const placed = Object.keys(places) as Name[];

describe('with podman', () => {
  let lab: Lab;
  let podman: Podman;
  const containers = new Map<string, Container>();
  beforeAll(async () => {
    lab = await createLab();
    podman = await startPodman(lab);
    await podman.cli(['network', 'create', 'back']);
    const start = async (name: string, network?: string, args: readonly string[] = []) =>
      containers.set(name, await podman.runContainer({ name, ...(network ? { network } : {}), args }));
    await start('web', undefined, ['-p', '8080:80']);
    await start('web2');
    await start('db', 'back');
    await start('asidecar', 'container:web');
  });
  afterAll(() => lab.dispose());

  const engine = () => ['--docker-host', `unix://${podman.socket}`];
  const veths = async (...words: readonly string[]): Promise<readonly Veth[]> =>
    (await lab.netpeekJson<VethDocument>([...engine(), 'veth', ...words])).veths;
  const inside = (name: string) => (argv: readonly string[]) =>
    lab.ok(['nsenter', '--target', `${containers.get(name)?.pid}`, '--net', ...argv]);

  /** The pair of a container as the kernel and podman tell it, without netpeek. */
  const truthOf = async (name: Name) => {
    const network = places[name];
    const format = `{{with index .NetworkSettings.Networks "${network}"}}{{.IPAddress}}/{{.IPPrefixLen}}{{end}}`;
    const address = (await podman.cli(['inspect', '-f', format, name])).trim();
    const [{ network_interface: bridge } = { network_interface: '' }] = JSON.parse(
      await podman.cli(['network', 'inspect', network]),
    ) as { network_interface: string }[];
    const own = (await readIpLinks(inside(name))).find(({ ifname }) => ifname === 'eth0');
    const said = await inside(name)(['ethtool', '-S', 'eth0']);
    const hostIfindex = Number(/peer_ifindex: (\d+)/.exec(said)?.[1]);
    const hostLinks = await readIpLinks((argv) => lab.ok(argv));
    const hostLink = hostLinks.find(({ ifindex }) => ifindex === hostIfindex);
    expect(hostLink?.master).toBe(bridge);
    return {
      container: name,
      link: 'eth0',
      ifindex: own?.ifindex,
      mac: own?.address,
      hostLink: hostLink?.ifname,
      hostIfindex,
      peerNamespace: 'host',
      bridge,
      network,
      addresses: expect.arrayContaining([address]),
    };
  };

  test.each(placed)(
    'veth names host link, bridge and network of %s as kernel and podman have them',
    async (name) => {
      expect(await veths(name)).toMatchObject([await truthOf(name)]);
    },
  );

  test('veth leads from a host link back to its container, and a sidecar to the one it joined', async () => {
    for (const name of placed) {
      const { hostLink } = await truthOf(name);
      expect(await veths(hostLink ?? '')).toMatchObject([{ container: name, link: 'eth0' }]);
    }
    expect(await veths('asidecar')).toMatchObject([{ container: 'web', network: 'podman' }]);
  });

  test('ls shows each namespace once, and the network on the container’s link, on the host’s and on the bridge', async () => {
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>([...engine(), 'ls']);
    expect(gaps).toEqual([]);
    const users = namespaces.map(({ name, containers: all }) => [name, ...all.map((one) => one.name)]);
    expect(sorted(users)).toEqual(
      sorted([['host'], ['web', 'web', 'asidecar'], ['web2', 'web2'], ['db', 'db']]),
    );
    const networksOf = ({ links }: LsNamespace) =>
      Object.fromEntries((links ?? []).flatMap((link) => (link.network ? [[link.name, link.network]] : [])));
    const truths = await Promise.all(placed.map(truthOf));
    const host = namespaces.find(({ kind }) => kind === 'host');
    expect(host && networksOf(host)).toEqual(
      Object.fromEntries(
        truths.flatMap(({ hostLink, bridge, network }) => [
          [hostLink, network],
          [bridge, network],
        ]),
      ),
    );
  });

  test('the engine is called Podman, with its version, in a snapshot', async () => {
    const { stdout, exitCode } = await lab.netpeek([...engine(), 'snapshot']);
    const { engine: named } = JSON.parse(stdout) as { engine: object };
    const version = (await podman.cli(['version', '-f', '{{.Server.Version}}'])).trim();
    expect(exitCode).toBe(0);
    expect(named).toEqual({ name: 'Podman', version, endpoint: `unix://${podman.socket}` });
  });

  test('show gives the routes that ip gives in the container', async () => {
    const { routes } = await lab.netpeekJson<ShowDocument>([...engine(), 'show', 'db', 'routes']);
    expect(sorted(routes)).toEqual(sorted(await readIpRoutes(inside('db'))));
  });

  test('find knows the published port', async () => {
    const { stdout, exitCode } = await lab.netpeek([...engine(), 'find', ':8080']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('web');
  });

  test('a container that is stopped is called so, one that is removed is not known, and the others stay', async () => {
    await podman.cli(['stop', 'db']);
    const stopped = withoutStack(await lab.netpeek([...engine(), 'veth', 'db']));
    expect(stopped).toMatchObject({
      exitCode: 3,
      stderr: 'netpeek: container db is exited and has no network namespace: start it: podman start db\n',
    });
    await podman.cli(['rm', 'db']);
    const removed = withoutStack(await lab.netpeek([...engine(), 'veth', 'db']));
    expect(removed.exitCode).toBe(3);
    expect(removed.stderr).not.toContain('podman start');
    expect((await veths()).map(({ container }) => container)).toEqual(['web', 'web2']);
  });
});
