/**
 * `veth` with words reads the few namespaces that they name: what it says is what a look at everything says, and what
 * it reads is no more than it needs.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Started } from '../helpers/lab-process.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** Namespaces and, each with a name of the host's end, pairs to the host; ifindexes that are the same nearly everywhere. */
const NETWORK = `
  for name in a b c d island p q both; do ip netns add $name; done
  ip link add br0 index 90 up type bridge
  ip link add va index 20 type veth peer name eth0 index 2 netns a
  ip link add vb index 21 type veth peer name eth0 index 2 netns b
  ip link add vb2 index 2 type veth peer name eth1 index 20 netns b
  ip link add vc index 22 type veth peer name eth0 index 22 netns c
  ip link set va master br0
  ip link set vb master br0
  ip -n a addr add 10.0.0.2/24 dev eth0
  ip -n a addr add fd00::2/64 dev eth0 nodad
  ip link add both index 30 type veth peer name eth0 index 2 netns both
  ip link add here1 index 40 type veth peer name here2 index 41
  ip -n p link add x index 20 type veth peer name x index 21 netns q
  ip link add vp index 50 type veth peer name eth0 index 3 netns p
  ip link add twice index 60 type veth peer name eth7 netns d
  ip -n c link add twice index 61 type bridge
  ip link add lonely index 62 type veth peer name eth8 netns d
  ip -n island link add lonely type bridge
  ip link property add dev va altname other-name
  ip -n d link property add dev eth7 altname vb
  ip -n b link property add dev eth0 altname vb
  touch /run/netns/z-again /run/netns/z-host /run/netns/z-plain
  mount --bind /run/netns/a /run/netns/z-again
  mount --bind /proc/self/ns/net /run/netns/z-host
  ln -s /run/netns/b /run/netns/z-link`;

let lab: Lab;
let holder: Started;
let file: string;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok(NETWORK);
  holder = await lab.spawn(['unshare', '--net', 'sh', '-c', 'echo $$; exec sleep 600']);
  await holder.waitForOutput(/\d+\n/);
  await lab.ok(`ip link add vproc index 70 type veth peer name eth0 index 2 netns ${holder.stdout().trim()}`);
  file = `${lab.directory}/everything.json`;
  expect(await lab.netpeek(['snapshot', '-o', file])).toMatchObject({ exitCode: 0 });
});
afterAll(() => lab.dispose());

const ask = async (...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = withoutStack(await lab.netpeek(args));
  return { stdout: stdout.replace(/"takenAt":"[^"]*"/, ''), stderr, exitCode };
};

/** The inodes of the namespaces in which a netlink socket was opened, by what was recorded. */
const entered = async (...words: readonly string[]) => {
  const recording = `${lab.directory}/recording.json`;
  await lab.netpeek(['--record', recording, 'veth', ...words]);
  const { sockets } = JSON.parse(readFileSync(recording, 'utf8')) as { sockets: object };
  return new Set(Object.keys(sockets).map((key) => key.split(' ')[0]));
};
const inodeOf = async (path: string) => (await lab.ok(['stat', '-Lc', '%i', path])).trim();
const inodes = async (...names: readonly string[]) =>
  new Set(await Promise.all(['/proc/self/ns/net', ...names].map(inodeOf)));

describe('what veth says of', () => {
  test.each([
    ['a name of ip netns', ['a']],
    ['one with two pairs, each with the ifindexes of another', ['b']],
    ['one whose pair has the same ifindex on both sides', ['c']],
    ['a second name of a namespace', ['z-again']],
    ['a name that is a symbolic link', ['z-link']],
    ['a name of the host’s own namespace', ['z-host']],
    ['a plain file among the names', ['z-plain']],
    ['a link of the host', ['va']],
    ['a link of the host whose name is another’s alternative name', ['vb']],
    ['an alternative name', ['other-name']],
    ['a name that is both a namespace and a link of the host', ['both']],
    ['a pair within the host', ['here1']],
    ['a bridge', ['br0']],
    ['a namespace wired to a third one', ['p']],
    ['a link of the host that leads to a namespace wired to a third one', ['vp']],
    ['a namespace that is wired to a third one alone', ['q']],
    ['a link that a namespace with a veth to the host has too', ['twice']],
    ['a link that a namespace without any veth has too', ['lonely']],
    ['a link in many namespaces', ['eth0']],
    ['a link whose namespace is only a process’s', ['vproc']],
    ['a namespace and a link together', ['a', 'vb']],
    ['a namespace, by name and by link', ['a', 'va']],
    ['a namespace and its link', ['a/eth0']],
    ['a namespace without links', ['island']],
    ['the host', ['host']],
    ['nothing', ['nowhere']],
  ])('%s is what a look at everything says', async (_, words) => {
    for (const form of [['--json'], []]) {
      const everything = await ask('--snapshot', file, 'veth', ...words, ...form);
      expect(await ask('veth', ...words, ...form)).toEqual(everything);
    }
  });
});

describe('what veth reads', () => {
  test.each([
    ['a name of ip netns', ['a'], ['/run/netns/a']],
    ['a name that is a link as well', ['both'], ['/run/netns/both']],
    ['two names', ['a', 'b'], ['/run/netns/a', '/run/netns/b']],
  ])('for %s is that namespace, and the host', async (_, words, paths) => {
    expect(await entered(...words)).toEqual(await inodes(...paths));
  });

  test('for a link of the host is the namespace behind it, and those that the host has no number for', async () => {
    const read = await entered('va');
    const [c, d] = await Promise.all(['/run/netns/c', '/run/netns/d'].map(inodeOf));
    expect(read).toContain(await inodeOf('/run/netns/a'));
    expect(read).not.toContain(c);
    expect(read).not.toContain(d);
  });

  test('of the host are the far ends and their bridges, not its other links', async () => {
    const recording = `${lab.directory}/recording.json`;
    await lab.netpeek(['--record', recording, 'veth', 'a']);
    const { sockets } = JSON.parse(readFileSync(recording, 'utf8')) as {
      sockets: Record<string, readonly { readonly received?: string }[][]>;
    };
    const host = sockets[`${await inodeOf('/proc/self/ns/net')} route`]?.flat() ?? [];
    const told = host.map(({ received = '' }) => Buffer.from(received, 'base64').toString('latin1')).join();
    for (const name of ['va', 'br0']) expect(told).toContain(`${name}\0`);
    for (const name of ['vb', 'vc', 'both', 'twice']) expect(told).not.toContain(`${name}\0`);
  });

  test('for a namespace wired to a third one is everything', async () => {
    expect((await entered('p')).size).toBeGreaterThan((await inodes('/run/netns/p')).size + 5);
  });
});
