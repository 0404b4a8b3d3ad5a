/** Exit codes and messages, as people and scripts meet them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument } from '../helpers/documents.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node, program } from '../helpers/paths.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** Where the checkout is for those who may not enter the directory that it lies in. */
const OPEN_CHECKOUT = '/run/checkout';

describe('netpeek', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      mkdir ${OPEN_CHECKOUT}
      mount --bind ${checkout} ${OPEN_CHECKOUT}
      for name in web web2; do
        ip netns add $name
        ip link add to-$name type veth peer name eth0 netns $name
        ip link set to-$name up
        ip -n $name link set eth0 up
      done
      ip -n web addr add 10.0.0.2/24 dev eth0
      touch /run/netns/old`);
  });
  afterAll(() => lab.dispose());

  const run = async (...args: readonly string[]) => withoutStack(await lab.netpeek(args));

  test.each([
    [
      'an unknown target',
      ['ls', 'wbe'],
      3,
      /^netpeek: nothing here is called 'wbe'.*: did you mean web\?\n$/,
    ],
    [
      'an ambiguous link',
      ['veth', 'eth0'],
      3,
      /^netpeek: 'eth0' names 2 targets: choose one: web\/eth0, web2\/eth0\n$/,
    ],
    ['a pid that is not there', ['ls', 'pid:999999'], 3, /nothing here is called 'pid:999999'/],
    ['an unknown command', ['vteh'], 2, /^netpeek: there is no command 'vteh': did you mean veth\?\n$/],
    ['an unknown option', ['ls', '--al'], 2, /^netpeek: unknown option '--al'/],
    ['an unknown section', ['show', 'web', 'bogus'], 2, /choose from links, addresses, routes/],
    ['no command to run', ['exec', 'web'], 2, /^netpeek: no command was given/],
    ['a count that is none', ['capture', 'web', '-c', 'x'], 2, /^netpeek: 'x' is no number of packets/],
    [
      'one name for two',
      ['netns', 'attach', 'web', 'web2', '--name', 'x'],
      2,
      /--name can name one target only/,
    ],
    ['an unknown practice network', ['lab', 'run', 'nosuch'], 3, /choose from bridge-forward/],
    [
      'an engine that was named and is not there',
      ['ls', '--docker-host', 'unix:///nowhere.sock'],
      5,
      /^netpeek: no engine at unix:\/\/\/nowhere\.sock/,
    ],
    ['a recording that is not there', ['--replay', '/nowhere', 'ls'], 5, /^netpeek: cannot read \/nowhere/],
    [
      'a recording that is none',
      ['--replay', '/etc/hostname', 'ls'],
      5,
      /^netpeek: cannot read|is no recording/,
    ],
    [
      'a recording that cannot be written',
      ['--record', '/nowhere/x', 'ls'],
      5,
      /^netpeek: cannot write \/nowhere\/x/,
    ],
    [
      'a capture that cannot be written',
      ['capture', 'web', '-w', '/nowhere/x'],
      5,
      /^netpeek: cannot write \/nowhere\/x/,
    ],
  ])('answers %s with words and the right exit code', async (_, args, exitCode, words) => {
    const finished = await run(...args);
    expect(finished.stderr).toMatch(words);
    expect(finished).toMatchObject({ exitCode, stdout: '' });
  });

  test('takes an engine that is not there for a gap and not for an error', async () => {
    const { exitCode, stdout, stderr } = await run('ls');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^web +eth0 +up/m);
    expect(stderr).toMatch(/docker not read: no engine at unix:\/\/\/var\/run\/docker\.sock/);
  });

  test('calls a plain file under /run/netns stale', async () => {
    const { gaps, namespaces } = await lab.netpeekJson<LsDocument>(['ls']);
    expect(namespaces.map(({ name }) => name)).not.toContain('old');
    expect(gaps).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('/run/netns/old is stale') }),
    );
  });

  test('prints ls where stdout is no terminal', async () => {
    expect((await run()).stdout).toBe((await run('ls')).stdout);
  });

  test.each(['| head -1', '| true'])('is quiet when its output is cut short by %s', async (cut) => {
    const pipe = `set -o pipefail; "$0" "$1" show host routes neighbours ${cut}`;
    const { exitCode, stderr } = withoutStack(await lab.run(['bash', '-c', pipe, node, program]));
    expect(stderr).not.toMatch(/EPIPE/);
    expect(exitCode).toBe(0);
  });

  describe('exec', () => {
    test('runs in the namespace of the target, with the files of the host', async () => {
      const { stdout } = await run('exec', 'web', '--', 'ip', '-j', 'addr', 'show', 'eth0');
      expect(stdout).toContain('10.0.0.2');
      expect((await run('exec', 'host', '--', 'ip', 'link')).stdout).toContain('to-web');
      expect((await run('exec', 'web', '--', 'cat', '/etc/hostname')).stdout).toBe(
        await lab.ok(['cat', '/etc/hostname']),
      );
    });

    test('gives the exit code of what it ran', async () => {
      expect((await run('exec', 'web', '--', 'sh', '-c', 'exit 42')).exitCode).toBe(42);
    });

    test('passes options of the command on', async () => {
      expect((await run('exec', 'web', '--', 'echo', '--help', '--', '-x')).stdout).toBe('--help -- -x\n');
    });

    test('of a program that is not there says so', async () => {
      expect(await run('exec', 'web', '--', 'nosuch')).toMatchObject({
        exitCode: 4,
        stderr: "netpeek: this host has no program 'nosuch': install it, or name it by its path\n",
      });
    });
  });

  describe('without root', () => {
    const asNobody = async (...args: readonly string[]) => {
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      const self = [`${OPEN_CHECKOUT}/node_modules/.bin/node`, `${OPEN_CHECKOUT}/dist/main.js`];
      return withoutStack(await lab.run([...nobody, ...self, ...args]));
    };

    test('shows the host, and says what is missing and how to get it', async () => {
      const { exitCode, stdout } = await asNobody('ls', '--json');
      const { namespaces, gaps } = JSON.parse(stdout) as LsDocument;
      expect(exitCode).toBe(0);
      expect(namespaces.map(({ name }) => name)).toEqual(['host']);
      expect(namespaces[0]?.links?.map(({ name }) => name)).toEqual(['lo', 'to-web', 'to-web2']);
      expect(namespaces[0]?.links?.[1]?.peerUnknown).toMatch(/^peer ifindex \d+ in nsid \d+, not visible$/);
      for (const name of ['web', 'web2'])
        expect(gaps).toContainEqual({
          probe: `netns ${name}`,
          reason: `setns /run/netns/${name}: EPERM`,
          needs: expect.stringContaining('run as root'),
        });
    });

    test('shows tables of the host, and leaves gaps where rules cannot be read', async () => {
      const { exitCode, stdout } = await asNobody('show', 'host', 'links', 'nat', '--json');
      const document = JSON.parse(stdout) as LsDocument & { nat: unknown; links: readonly unknown[] };
      expect(exitCode).toBe(0);
      expect(document.links).toHaveLength(3);
      expect(document.nat).toBeNull();
      expect(document.gaps.some(({ needs = '' }) => needs.includes('root'))).toBe(true);
    });

    test.each([
      ['exec', ['exec', 'web', '--', 'true']],
      ['exec by path', ['exec', '/run/netns/web', '--', 'true']],
      ['exec by pid', ['exec', 'pid:1', '--', 'true']],
      ['capture', ['capture', 'host', '-c', '1']],
      ['attach', ['netns', 'attach', 'host', '--name', 'mine']],
    ])('%s is not permitted, and says that root is needed', async (_, args) => {
      const { exitCode, stderr } = await asNobody(...args);
      expect(stderr).toMatch(/^netpeek: .*run as root/);
      expect(exitCode).toBe(4);
    });
  });
});
