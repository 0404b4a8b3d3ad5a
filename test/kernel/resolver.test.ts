/** Resolver settings: whose file counts, and that nothing outside a process's own root can be read through it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gap } from '../../src/model/gap.ts';
import type { Resolver } from '../../src/model/resolver.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

type DnsDocument = { readonly gaps: readonly Gap[]; readonly dns: Resolver | null };

/** Would be shown if it were ever read: it lies outside the root of the processes below. */
const SECRET = 'nameserver 203.0.113.99\nsearch secret\n';
/** Milliseconds that an answer may take: a FIFO would block for ever. */
const ANSWER_LIMIT_MS = 10_000;

describe('the resolver settings of a namespace', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(['tee', '/etc/resolv.conf'], { input: 'nameserver 192.0.2.1\nsearch host.example\n' });
    await lab.ok(['tee', '/run/secret'], { input: SECRET });
    await lab.ok(`
      ip netns add blue
      ip netns add red
      mkdir -p /etc/netns/blue
      printf 'nameserver 192.0.2.4\\noptions ndots:3\\n' > /etc/netns/blue/resolv.conf`);
  });
  afterAll(() => lab.dispose());

  const show = (target: string) =>
    lab.netpeekJson<DnsDocument>(['show', target, 'dns'], { timeoutMs: ANSWER_LIMIT_MS });
  const gapsOf = ({ gaps }: DnsDocument) => gaps.filter(({ probe }) => probe === 'resolver');

  test.each([
    ['blue', 'netns', ['192.0.2.4']],
    ['red', 'host', ['192.0.2.1']],
  ])('with the name %s is the file that `ip netns exec` shows: %s', async (name, source, nameservers) => {
    const document = await show(name);
    expect(document.dns).toMatchObject({ source, nameservers });
    expect(gapsOf(document)).toEqual([]);
    const truth = await lab.ok(['ip', 'netns', 'exec', name, 'cat', '/etc/resolv.conf']);
    expect(truth).toContain(`nameserver ${document.dns?.nameservers[0]}\n`);
  });

  test('of the host is its own', async () => {
    expect((await show('host')).dns).toEqual({
      path: '/etc/resolv.conf',
      source: 'host',
      nameservers: ['192.0.2.1'],
      search: ['host.example'],
      options: [],
      embedded: false,
      others: [],
    });
  });

  /** A process with a network and a root of its own, made by this script in the root; its pid as the lab counts. */
  const start = async (name: string, script: string): Promise<string> => {
    await lab.ok(`
      mkdir -p /run/roots/${name}/bin /run/roots/${name}/etc
      cp "$(command -v busybox)" /run/roots/${name}/bin/
      cd /run/roots/${name}
      ${script}`);
    const inner = `echo $$ > /run/roots/${name}.pid; echo ready; exec chroot /run/roots/${name} /bin/busybox sleep 1000000`;
    const process = await lab.spawn(['unshare', '--net', 'sh', '-c', inner]);
    await process.waitForOutput(/ready/);
    return (await lab.ok(['cat', `/run/roots/${name}.pid`])).trim();
  };

  test('of a process is what it sees itself', async () => {
    const pid = await start('plain', "printf 'nameserver 192.0.2.7\\n' > etc/resolv.conf");
    const document = await show(`pid:${pid}`);
    expect(document.dns).toMatchObject({ source: 'process', nameservers: ['192.0.2.7'] });
    expect(await lab.ok(['cat', `/proc/${pid}/root/etc/resolv.conf`])).toBe('nameserver 192.0.2.7\n');
  });

  test('of a process is found through links within its root', async () => {
    const pid = await start(
      'linked',
      "mkdir run; printf 'nameserver 192.0.2.8\\n' > run/stub; ln -s ../run/stub etc/real; ln -s /etc/real etc/resolv.conf",
    );
    expect((await show(`pid:${pid}`)).dns).toMatchObject({ source: 'process', nameservers: ['192.0.2.8'] });
  });

  test.each([
    ['a link to a file of ours', 'ln -s /run/secret etc/resolv.conf'],
    ['a link that climbs out', 'ln -s ../../../../../../run/secret etc/resolv.conf'],
    ['a link through /proc', 'ln -s /proc/1/root/run/secret etc/resolv.conf'],
    ['a link for its directory', 'rmdir etc; cp /run/secret /run/resolv.conf; ln -s /run etc'],
    ['a FIFO', 'mkfifo etc/resolv.conf'],
    ['a device', 'mknod etc/resolv.conf c 1 5'],
    ['a directory', 'mkdir etc/resolv.conf'],
    ['a gigabyte', 'truncate -s 1G etc/resolv.conf'],
    ['a circle', 'ln -s resolv.conf etc/resolv.conf'],
  ])('of a process are not read where its file is %s: nothing leaks, nothing waits', async (what, script) => {
    const pid = await start(what.replaceAll(/\W/g, '-'), script);
    const document = await show(`pid:${pid}`);
    expect(document.dns).toBeNull();
    expect(gapsOf(document)).toHaveLength(1);
    expect(JSON.stringify(document)).not.toMatch(/203\.0\.113\.99|"secret"|192\.0\.2\.1\b/);
  });
});
