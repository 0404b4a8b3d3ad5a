/** Changes as they happen. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { labEnvironment, type Started } from '../helpers/lab-process.ts';
import { checkout, node, program } from '../helpers/paths.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** A process that is no longer new when it makes a namespace, and starts nothing for it. */
const LATE_UNSHARE = `
  const unshare = require('${checkout}/node_modules/koffi').load(null).func('int unshare(int flags)');
  setTimeout(() => console.log(unshare(0x40000000) === 0 ? 'unshared' : 'failed'), 1500);
  setInterval(() => {}, 1000);`;

describe('watch', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab();
    await lab.ok(`
      sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
      for name in web db; do
        ip netns add $name
        ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip link add to-$name type veth peer name eth0 netns $name
        ip link set to-$name up
        ip -n $name link set eth0 up
      done`);
  });
  afterEach(() => lab.dispose());

  const start = async (...args: readonly string[]): Promise<Started> => {
    const started = await lab.spawn([node, program, 'watch', ...args]);
    await started.waitForOutput(/watching 3 namespaces/);
    return started;
  };

  test('tells of links, addresses, routes and namespaces, wherever they change', async () => {
    const watching = await start();
    await lab.ok(['ip', 'link', 'add', 'br0', 'type', 'bridge']);
    await watching.waitForOutput(/^\d\d:\d\d:\d\d \+ link host\/br0 bridge$/m);
    await lab.ok(['ip', '-n', 'web', 'addr', 'add', '10.0.0.2/24', 'dev', 'eth0']);
    await watching.waitForOutput(/\+ address web\/eth0 10\.0\.0\.2\/24$/m);
    await lab.ok(['ip', '-n', 'web', 'route', 'add', 'default', 'via', '10.0.0.1']);
    await watching.waitForOutput(/\+ route web default via 10\.0\.0\.1 dev eth0$/m);
    await lab.ok(['ip', '-n', 'web', 'link', 'set', 'eth0', 'mtu', '1400']);
    await watching.waitForOutput(/~ link web\/eth0 mtu 1500 → 1400$/m);
    await lab.ok(['ip', 'netns', 'delete', 'db']);
    await watching.waitForOutput(/- namespace db named \(eth0\)$/m);
    await watching.waitForOutput(/- link host\/to-db veth$/m);
    await lab.ok(['ip', 'netns', 'add', 'new']);
    await watching.waitForOutput(/\+ namespace new named$/m);
    const { exitCode, stderr } = withoutStack(await watching.stop('SIGINT'));
    expect(exitCode).toBe(0);
    expect(stderr).toBe('netpeek: watching 3 namespaces; Ctrl-C ends\n');
  });

  test('tells of a namespace that a process makes for itself', async () => {
    const watching = await start();
    const holder = await lab.spawn(['unshare', '--net', 'sleep', '600']);
    await watching.waitForOutput(/\+ namespace pid:\d+ process$/m);
    await holder.stop('SIGKILL');
    expect((await watching.stop()).exitCode).toBe(0);
  });

  test('tells of a namespace that a process makes for itself long after its start', async () => {
    const watching = await start();
    const holder = await lab.spawn([node, '--eval', LATE_UNSHARE]);
    await holder.waitForOutput(/unshared/);
    await watching.waitForOutput(/\+ namespace pid:\d+ process$/m);
    await holder.stop('SIGKILL');
    expect((await watching.stop()).exitCode).toBe(0);
  });

  test('tells of sysctls, and of those that nothing tells of together with the next', async () => {
    const watching = await start();
    await lab.ok(
      'ip netns exec web sysctl -qw net.ipv4.conf.eth0.arp_ignore=1 net.ipv4.ip_forward=1; sysctl -qw net.ipv4.conf.to-db.rp_filter=2',
    );
    await watching.waitForOutput(/~ sysctl web ipv4\/ip_forward value 0 → 1$/m);
    await watching.waitForOutput(/~ sysctl web ipv4\/conf\/eth0\/arp_ignore value 0 → 1$/m);
    await watching.waitForOutput(/~ sysctl host ipv4\/conf\/to-db\/rp_filter value \d → 2$/m);
    expect((await watching.stop()).stdout).not.toMatch(/sysctl db/);
  });

  test('tells of firewall rules, and reads only those of the namespace they are in', async () => {
    const saves = `${lab.directory}/saves`;
    const bin = `${lab.directory}/bin`;
    await lab.ok(`
      mkdir ${bin}
      printf '#!/bin/sh\nreadlink /proc/self/ns/net >> ${saves}\nexec /usr/sbin/iptables-nft-save "$@"\n' > ${bin}/iptables-nft-save
      chmod +x ${bin}/iptables-nft-save
      iptables-nft -A OUTPUT -j ACCEPT
      for name in web db; do ip netns exec $name iptables-nft -A OUTPUT -j ACCEPT; done`);
    const watching = await lab.spawn([node, program, 'watch'], {
      env: { PATH: `${bin}:${labEnvironment().PATH}` },
    });
    await watching.waitForOutput(/watching 3 namespaces/);
    const namespaceOf = async (name: string) =>
      (await lab.ok(['ip', 'netns', 'exec', name, 'readlink', '/proc/self/ns/net'])).trim();
    const told = async () => (await lab.ok(`cat ${saves} 2>/dev/null || true`)).trim().split('\n');
    // Rules are read in the background of all else.
    await waitFor('the rules of all three', async () => new Set(await told()).size === 3);
    await lab.ok('ip netns exec web iptables-nft -A INPUT -p tcp --dport 80 -j ACCEPT');
    await watching.waitForOutput(/\+ rule web ipv4 nft filter -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT$/m);
    const before = (await told()).length;
    await lab.ok('ip netns exec web nft add rule ip filter INPUT ip saddr 192.0.2.1 counter drop');
    await watching.waitForOutput(/\+ rule web ipv4 nft filter -A INPUT -s 192\.0\.2\.1\S* -j DROP$/m);
    await lab.ok('ip netns exec web iptables-nft -D INPUT 1');
    await watching.waitForOutput(/- rule web ipv4 nft filter -A INPUT -p tcp/m);
    await watching.stop();
    const later = (await told()).slice(before);
    expect(new Set(later)).toEqual(new Set([await namespaceOf('web')]));
  });

  test('prints a line of JSON for each change', async () => {
    const watching = await start('--json');
    await lab.ok('ip -n web link set lo up; ip link set to-web mtu 1300');
    await watching.waitForOutput(/"field":"mtu"/);
    const { stdout, exitCode } = await watching.stop('SIGTERM');
    expect(exitCode).toBe(0);
    const changes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(changes).toContainEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      change: 'changed',
      kind: 'link',
      namespace: 'host',
      link: 'to-web',
      what: 'veth',
      fields: [{ field: 'mtu', before: '1500', after: '1300' }],
    });
  });

  test('with an engine that was named and is not there ends at once', async () => {
    expect(withoutStack(await lab.netpeek(['watch', '--docker-host', 'unix:///nowhere.sock']))).toMatchObject(
      {
        exitCode: 5,
        stdout: '',
        stderr: expect.stringMatching(/^netpeek: no engine at unix:\/\/\/nowhere\.sock/),
      },
    );
  });
});
