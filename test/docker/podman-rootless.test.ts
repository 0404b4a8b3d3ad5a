/** Rootless podman: a container on slirp4netns has no veth, and one on a bridge has it in podman's own 'host' namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument, VethDocument } from '../helpers/documents.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { type RootlessPodman, startRootlessPodman } from '../helpers/rootless-podman.ts';

describe('with rootless podman', () => {
  let lab: Lab;
  let podman: RootlessPodman;
  beforeAll(async () => {
    lab = await createLab();
    podman = await startRootlessPodman(lab);
    await podman.runContainer({ name: 'alone' });
    await podman.cli(['network', 'create', 'back']);
    await podman.runContainer({ name: 'db', network: 'back' });
  });
  afterAll(() => lab.dispose());

  const engine = () => ['--docker-host', `unix://${podman.socket}`];
  const pidOf = async (name: string) => (await podman.cli(['inspect', '-f', '{{.State.Pid}}', name])).trim();
  const inodeOf = async (name: string) =>
    (await lab.ok(['stat', '-Lc', '%i', `/proc/${await pidOf(name)}/ns/net`])).trim();

  test.each(['alone', 'db'])('%s has its own namespace', async (name) => {
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>([...engine(), 'ls', name]);
    expect(gaps).toEqual([]);
    expect(namespaces).toMatchObject([{ id: await inodeOf(name), name, kind: 'container' }]);
  });

  test('a container on slirp4netns has a tap and no veth', async () => {
    const { namespaces } = await lab.netpeekJson<LsDocument>([...engine(), 'ls', 'alone']);
    expect(namespaces[0]?.links?.map(({ name, kind, peer }) => [name, kind, peer])).toContainEqual([
      'tap0',
      'tun',
      null,
    ]);
    expect((await lab.netpeekJson<VethDocument>([...engine(), 'veth', 'alone'])).veths).toEqual([]);
  });

  test('the veth of one on a bridge leads into podman’s namespace, to the bridge that it has there', async () => {
    const { veths } = await lab.netpeekJson<VethDocument>([...engine(), 'veth', 'db']);
    const said = await lab.ok(['nsenter', '--target', await pidOf('db'), '--net', 'ethtool', '-S', 'eth0']);
    const [{ network_interface: bridge } = { network_interface: '' }] = JSON.parse(
      await podman.cli(['network', 'inspect', 'back']),
    ) as { network_interface: string }[];
    expect(veths).toMatchObject([
      {
        container: 'db',
        link: 'eth0',
        network: 'back',
        hostIfindex: Number(/peer_ifindex: (\d+)/.exec(said)?.[1]),
        bridge,
      },
    ]);
    expect(veths[0]?.peerNamespace).not.toBe('host');
    expect(veths[0]?.peerNamespaceId).toMatch(/^\d+$/);
  });
});
