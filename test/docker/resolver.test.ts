/** What a real engine's containers are told about names and who answers them, read without running anything of theirs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gap } from '../../src/model/gap.ts';
import type { Resolver } from '../../src/model/resolver.ts';
import type { Socket } from '../../src/model/socket.ts';
import { type Docker, type DockerVersion, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

type ShowDocument = {
  readonly gaps: readonly Gap[];
  readonly dns: Resolver | null;
  readonly sockets: readonly Socket[] | null;
};

const versions: readonly DockerVersion[] = ['20.10', '28'];
/** Would be shown if it were ever read: it lies outside every container. */
const SECRET = 'nameserver 203.0.113.99\nsearch secret\n';
/** Enough to take away what the engine has mounted. */
const RIGHTS = ['--cap-add', 'SYS_ADMIN', '--security-opt', 'apparmor=unconfined'];
/** Milliseconds that an answer may take: a FIFO would block for ever. */
const ANSWER_LIMIT_MS = 15_000;

describe.each(versions)('with Docker %s', (version) => {
  let lab: Lab;
  let docker: Docker;
  beforeAll(async () => {
    lab = await createLab();
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
    await lab.ok(['tee', '/run/secret'], { input: SECRET });
    await docker.cli(['network', 'create', 'back']);
    await docker.runContainer({ name: 'web', args: ['-p', '8080:80'], command: ['httpd', '-f', '-p', '80'] });
    await docker.runContainer({ name: 'db', network: 'back', args: ['--dns', '192.0.2.53'] });
    await docker.runContainer({ name: 'sidecar', network: 'container:db' });
    await docker.runContainer({ name: 'onhost', network: 'host', args: ['--dns', '192.0.2.77'] });
  });
  afterAll(() => lab.dispose());

  const show = (target: string, ...sections: readonly string[]) =>
    lab.netpeekJson<ShowDocument>(['show', target, ...sections], { timeoutMs: ANSWER_LIMIT_MS });
  const told = (container: string) => docker.cli(['exec', container, 'cat', '/etc/resolv.conf']);
  const wordsOf = (text: string, keyword: string) =>
    [...text.matchAll(new RegExp(`^${keyword} +(.*)$`, 'gm'))].flatMap(([, words = '']) =>
      words.split(/\s+/),
    );
  const gapsOf = ({ gaps }: ShowDocument, probe: string) => gaps.filter((gap) => gap.probe === probe);

  test.each(['web', 'db', 'sidecar', 'onhost'])(
    'the settings of %s are what it is told, whoever shares its network',
    async (name) => {
      const document = await show(name, 'dns');
      const text = await told(name);
      const everyone = document.dns ? [document.dns, ...(document.dns.others ?? [])] : [];
      const own = everyone.filter(({ container }) => container === name);
      expect(own).toHaveLength(1);
      expect(own[0]).toMatchObject({
        path: '/etc/resolv.conf',
        source: 'process',
        nameservers: wordsOf(text, 'nameserver'),
        search: wordsOf(text, 'search'),
        options: wordsOf(text, 'options'),
      });
      expect(document.dns?.nameservers.length).toBeGreaterThan(0);
      expect(gapsOf(document, 'resolver')).toEqual([]);
    },
  );

  test('the host’s own settings stand before those of a container on its network', async () => {
    const { dns } = await show('host', 'dns');
    expect(dns).not.toHaveProperty('container');
    expect(dns).toMatchObject({
      source: 'host',
      others: [{ container: 'onhost', nameservers: ['192.0.2.77'] }],
    });
    const { stdout } = await lab.netpeek(['show', 'onhost', 'dns']);
    expect(stdout).toMatch(/^onhost +nameserver +192\.0\.2\.77$/m);
  });

  test('a container on a network of its own is told of Docker’s server, and newer engines say whom it asks', async () => {
    const { dns } = await show('db', 'dns');
    expect(dns).toMatchObject({ nameservers: ['127.0.0.11'], embedded: true });
    if (version === '28') expect(dns?.upstreams?.map(({ address }) => address)).toEqual(['192.0.2.53']);
    else
      expect(dns).toMatchObject({
        upstreams: [{ address: '192.0.2.53', fromHost: false }],
        upstreamsFrom: 'container',
      });
    expect((await show('web', 'dns')).dns?.embedded).toBe(false);
  });

  test('that server’s sockets are the engine’s, and a container’s own name the container', async () => {
    const inDb = (await show('db', 'sockets')).sockets?.filter(({ address }) => address === '127.0.0.11');
    expect(inDb?.map(({ protocol }) => protocol).sort()).toEqual(['tcp', 'udp']);
    for (const { owners } of inDb ?? [])
      expect(owners).toEqual([{ pid: expect.any(Number), name: 'dockerd' }]);
    const inWeb = (await show('web', 'sockets')).sockets ?? [];
    expect(
      inWeb.map(({ port, owners }) => [port, owners?.map(({ name, container }) => [name, container])]),
    ).toEqual([[80, [['httpd', 'web']]]]);
  });

  test('a published port is held by docker-proxy on the host', async () => {
    const { sockets } = await show('host', 'sockets');
    const published = sockets?.filter(({ port, protocol }) => port === 8080 && protocol === 'tcp') ?? [];
    expect(published.length).toBeGreaterThan(0);
    for (const { owners } of published)
      expect(owners).toEqual([{ pid: expect.any(Number), name: 'docker-proxy' }]);
  });

  test.each([
    ['a link to our files', 'ln -s /run/secret /etc/resolv.conf'],
    ['a link to /etc/shadow', 'ln -s /etc/shadow /etc/resolv.conf'],
    ['a FIFO', 'mkfifo /etc/resolv.conf'],
    ['a gigabyte', 'truncate -s 1G /etc/resolv.conf'],
  ])(
    'a container that puts %s in place of its file gets nothing of ours shown, and blocks nobody',
    async (what, script) => {
      const name = what.replaceAll(/\W/g, '-');
      await docker.runContainer({ name, args: RIGHTS });
      const kept = await told(name);
      await docker.cli([
        'exec',
        name,
        'sh',
        '-c',
        `umount /etc/resolv.conf && rm /etc/resolv.conf; ${script}`,
      ]);
      const document = await show(name, 'dns');
      expect(document.dns).toMatchObject({ source: 'engine', nameservers: wordsOf(kept, 'nameserver') });
      expect(document.dns?.path).toMatch(/\/containers\/[0-9a-f]{64}\/resolv\.conf$/);
      expect(JSON.stringify(document)).not.toMatch(/203\.0\.113\.99|"secret"|root:/);
    },
  );

  test('a container that makes the engine’s own copy huge is said to, and that is all', async () => {
    await docker.runContainer({
      name: 'huge',
      command: ['sh', '-c', 'truncate -s 1G /etc/resolv.conf; sleep 1000000'],
    });
    await docker.cli([
      'exec',
      'huge',
      'sh',
      '-c',
      'until [ $(stat -c %s /etc/resolv.conf) -gt 65536 ]; do :; done',
    ]);
    const document = await show('huge', 'dns');
    expect(document.dns).toBeNull();
    expect(gapsOf(document, 'resolver').map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/of pid \d+: .*larger than 65536 bytes/),
      expect.stringMatching(/as the engine keeps it: .*larger than 65536 bytes/),
    ]);
  });
});
