/** Changes as they happen. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Started } from '../helpers/lab-process.ts';
import { node, program } from '../helpers/paths.ts';
import { withoutStack } from '../helpers/without-stack.ts';

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
