/** Podman's pods, whose containers share one namespace that none of them made, and the states of its containers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resolver } from '../../src/model/resolver.ts';
import type { LsDocument, VethDocument } from '../helpers/documents.ts';
import { sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { type Podman, startPodman } from '../helpers/podman.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('with podman', () => {
  let lab: Lab;
  let podman: Podman;
  beforeAll(async () => {
    lab = await createLab();
    podman = await startPodman(lab);
    const infra = ['--infra-image', 'bb', '--infra-command', 'sleep 1000000', '--infra-name', 'shop-infra'];
    // A cgroup for the whole pod cannot be made in a lab, whose own cgroup holds processes.
    await podman.cli(['pod', 'create', '--name', 'shop', '--share-parent=false', ...infra]);
    await podman.runContainer({ name: 'front', args: ['--pod', 'shop'] });
    await podman.runContainer({ name: 'back', args: ['--pod', 'shop'] });
    await podman.runContainer({ name: 'frozen' });
    await podman.cli(['pause', 'frozen']);
    await podman.cli(['create', '--name', 'new', 'bb', 'true']);
    await podman.runContainer({ name: 'old' });
    await podman.cli(['stop', 'old']);
  });
  afterAll(() => lab.dispose());

  const engine = () => ['--docker-host', `unix://${podman.socket}`];
  const inspect = async (name: string, format: string) =>
    (await podman.cli(['inspect', '-f', `{{${format}}}`, name])).trim();
  const inodeOf = async (name: string) =>
    (await lab.ok(['stat', '-Lc', '%i', `/proc/${await inspect(name, '.State.Pid')}/ns/net`])).trim();
  const ls = (...words: readonly string[]) => lab.netpeekJson<LsDocument>([...engine(), 'ls', ...words]);

  test('the containers of a pod are one namespace, called after the one that holds it', async () => {
    const { namespaces, gaps } = await ls('front');
    expect(gaps).toEqual([]);
    expect(namespaces).toMatchObject([{ id: await inodeOf('front'), name: 'shop-infra' }]);
    expect(await inodeOf('back')).toBe(await inodeOf('front'));
    expect(sorted(namespaces[0]?.containers.map(({ name }) => [name]) ?? [])).toEqual([
      ['back'],
      ['front'],
      ['shop-infra'],
    ]);
  });

  test('each container of a pod leads to its veth, which ip and podman know as the infra container’s', async () => {
    const pid = await inspect('front', '.State.Pid');
    const said = await lab.ok(['nsenter', '--target', pid, '--net', 'ethtool', '-S', 'eth0']);
    const hostIfindex = Number(/peer_ifindex: (\d+)/.exec(said)?.[1]);
    const address = await inspect('shop-infra', '(index .NetworkSettings.Networks "podman").IPAddress');
    for (const name of ['front', 'back', 'shop-infra']) {
      const { veths } = await lab.netpeekJson<VethDocument>([...engine(), 'veth', name]);
      expect(veths).toMatchObject([
        { container: 'shop-infra', link: 'eth0', hostIfindex, network: 'podman' },
      ]);
      expect(veths[0]?.addresses).toContain(`${address}/16`);
    }
  });

  test('each container of a pod that has resolver settings has its own shown', async () => {
    const { dns } = await lab.netpeekJson<{ dns: Resolver }>([...engine(), 'show', 'front', 'dns']);
    const settings = [dns, ...(dns.others ?? [])];
    for (const name of ['front', 'back']) {
      const told = await podman.cli(['exec', name, 'cat', '/etc/resolv.conf']);
      const servers = [...told.matchAll(/^nameserver (\S+)/gm)].map(([, server]) => server);
      expect(settings.find(({ container }) => container === name)?.nameservers).toEqual(servers);
    }
  });

  test('a paused container has its namespace and veth, and is called paused', async () => {
    const { namespaces, gaps } = await ls('frozen');
    expect(gaps).toEqual([]);
    expect(namespaces).toMatchObject([
      { id: await inodeOf('frozen'), name: 'frozen', container: { state: 'paused' } },
    ]);
  });

  test.each([
    ['new', 'created'],
    ['old', 'exited'],
  ])('%s is %s, has no namespace, and the advice says how to start it', async (name, state) => {
    expect(await inspect(name, '.State.Status')).toBe(state);
    expect(withoutStack(await lab.netpeek([...engine(), 'veth', name]))).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: `netpeek: container ${name} is ${state} and has no network namespace: start it: podman start ${name}\n`,
    });
  });

  test('a restarted container is found in its new namespace', async () => {
    await podman.cli(['start', 'old']);
    await podman.cli(['restart', '--time', '0', 'old']);
    const { namespaces, gaps } = await ls('old');
    expect(gaps).toEqual([]);
    expect(namespaces).toMatchObject([
      { id: await inodeOf('old'), container: { name: 'old', state: 'running' } },
    ]);
  });
});
