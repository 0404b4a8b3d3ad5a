/** Every state that a container can be in, on a real engine: each is called what it is, and none makes an error. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Docker, startDocker } from '../helpers/docker.ts';
import type { LsDocument, VethDocument } from '../helpers/documents.ts';
import { sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('with Docker 20.10', () => {
  let lab: Lab;
  let docker: Docker;
  beforeAll(async () => {
    lab = await createLab();
    docker = await startDocker(lab, { version: '20.10' });
    await docker.importBusybox();
    await docker.runContainer({ name: 'web' });
    await docker.runContainer({ name: 'side', network: 'container:web' });
    await docker.runContainer({ name: 'aside', network: 'container:web' });
    await docker.runContainer({ name: 'frozen' });
    await docker.cli(['pause', 'frozen']);
    await docker.cli(['create', '--name', 'new', 'bb', 'true']);
    await docker.cli(['run', '--name', 'old', 'bb', 'true']);
    await docker.runContainer({ name: 'guest-of-none', network: 'none' });
    await docker.cli(['run', '-d', '--restart', 'always', '--name', 'loop', 'bb', 'false']);
  });
  afterAll(() => lab.dispose());

  const netpeek = async (...args: readonly string[]) => withoutStack(await lab.netpeek(args));
  const stateOf = async (name: string) =>
    (await docker.cli(['inspect', '-f', '{{.State.Status}}', name])).trim();

  test('a paused container has its namespace and its veth, and ls calls it paused', async () => {
    const { veths } = await lab.netpeekJson<VethDocument>(['veth', 'frozen']);
    expect(veths).toMatchObject([
      { container: 'frozen', link: 'eth0', bridge: 'docker0', network: 'bridge' },
    ]);
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>(['ls', 'frozen']);
    expect(gaps).toEqual([]);
    expect(namespaces).toMatchObject([{ name: 'frozen', container: { state: 'paused' } }]);
  });

  test('several containers in one namespace are one row of it, the one that made it first', async () => {
    const { namespaces } = await lab.netpeekJson<LsDocument>(['ls', 'aside']);
    expect(
      namespaces.map(({ name, containers }) => [name, ...sorted(containers.map((one) => [one.name]))]),
    ).toEqual([['web', ['aside'], ['side'], ['web']]]);
    expect(namespaces[0]?.containers[0]).toMatchObject({ name: 'web' });
    for (const name of ['side', 'aside']) {
      const { veths } = await lab.netpeekJson<VethDocument>(['veth', name]);
      expect(veths).toMatchObject([{ container: 'web', link: 'eth0' }]);
    }
  });

  test.each([
    ['new', 'created'],
    ['old', 'exited'],
  ])('%s is %s, has no namespace, and the advice says how to start it', async (name, state) => {
    expect(await stateOf(name)).toBe(state);
    expect(await netpeek('veth', name)).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: `netpeek: container ${name} is ${state} and has no network namespace: start it: docker start ${name}\n`,
    });
  });

  test('one that could not be removed whole is dead, and the advice is what removes it', async () => {
    const { id } = await docker.runContainer({ name: 'gone' });
    await docker.cli(['stop', 'gone']);
    const kept = `${lab.directory}/docker/containers/${id}/kept`;
    await lab.ok(`touch ${kept}; chattr +i ${kept}`);
    try {
      expect(await docker.tryCli(['rm', 'gone'])).toMatchObject({ exitCode: 1 });
      expect(await stateOf('gone')).toBe('dead');
      expect(await netpeek('veth', 'gone')).toMatchObject({
        exitCode: 3,
        stderr:
          'netpeek: container gone is dead and has no network namespace: remove it: docker rm --force gone\n',
      });
    } finally {
      await lab.ok(['chattr', '-i', kept]);
    }
    await docker.cli(['rm', '--force', 'gone']);
  });

  test('a snapshot keeps the states of those that do not run', async () => {
    const { stdout } = await lab.netpeek(['snapshot']);
    const { stoppedContainers } = JSON.parse(stdout) as {
      stoppedContainers: readonly { readonly name: string; readonly state: string }[];
    };
    const states = new Map(stoppedContainers.map(({ name, state }) => [name, state]));
    expect([states.get('new'), states.get('old'), states.get('web')]).toEqual([
      'created',
      'exited',
      undefined,
    ]);
  });

  test('a container that ends at once and is restarted for ever is no gap and no error', async () => {
    const seen = new Set<string>();
    await waitFor('the container to be met while it waits for its restart', async () => {
      const { exitCode, stdout, stderr } = await netpeek('ls', '--json');
      const { namespaces, gaps } = JSON.parse(stdout) as LsDocument;
      expect({ exitCode, stderr, gaps }).toEqual({ exitCode: 0, stderr: '', gaps: [] });
      expect(namespaces.map(({ name }) => name)).toEqual(expect.arrayContaining(['host', 'web', 'frozen']));
      seen.add(await stateOf('loop'));
      return seen.has('restarting');
    });
  });

  test('asked for while it waits for its restart, it is called so, and nobody is told to start it', async () => {
    const answer = await waitFor('netpeek to meet it restarting', async () => {
      const finished = await netpeek('veth', 'loop');
      return /is restarting/.test(finished.stderr) && finished;
    });
    expect(answer.exitCode).toBe(3);
    expect(answer.stderr).toBe(
      'netpeek: container loop is restarting and has no network namespace: see why it ends: docker logs loop\n',
    );
  });

  test('one whose namespace was another’s stays with it when that one is stopped', async () => {
    await docker.cli(['stop', 'web']);
    const { namespaces, gaps } = await lab.netpeekJson<LsDocument>(['ls', 'side']);
    expect(gaps).toEqual([]);
    expect(namespaces.map(({ containers }) => containers.map(({ name }) => name).sort())).toEqual([
      ['aside', 'side'],
    ]);
  });
});
