/** What was changed between two looks, told line by line. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('diff', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
      for name in web db; do
        ip netns add $name
        ip netns exec $name sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip link add to-$name type veth peer name eth0 netns $name
        ip link set to-$name up
        ip -n $name link set eth0 up
      done
      ip -n web addr add 10.0.0.2/24 dev eth0
      ip -n web route add default via 10.0.0.1
      iptables-nft -t nat -A POSTROUTING -j MASQUERADE`);
    await lab.ok(['true']);
    await waitFor('links to be up', async () => !(await lab.ok('ip link show')).includes('LOWERLAYERDOWN'));
    await lab.netpeek(['snapshot', '-o', '/run/before.json']);
  });
  afterAll(() => lab.dispose());

  const diff = async (...args: readonly string[]) => withoutStack(await lab.netpeek(['diff', ...args]));

  test('of an untouched machine says nothing and ends with 0', async () => {
    expect(await diff('/run/before.json')).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect((await diff('/run/before.json', '/run/before.json')).exitCode).toBe(0);
  });

  test('tells what was done since, and ends with 1', async () => {
    await lab.ok(`
      ip -n web addr add 10.0.0.3/24 dev eth0
      ip -n web route replace default via 10.0.0.9
      ip -n web link set eth0 mtu 1400
      ip -n web neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0
      ip netns exec web sysctl -qw net.ipv4.ip_forward=1
      iptables-nft -t nat -I POSTROUTING -s 10.0.0.0/24 -j RETURN
      ip netns delete db
      ip netns add new
      ip link add br0 type bridge`);
    const { stdout, exitCode } = await diff('/run/before.json', '-');
    expect(exitCode).toBe(1);
    const told = stdout.trimEnd().split('\n');
    for (const line of [
      '+ namespace new named',
      '- namespace db named (eth0)',
      '- link host/to-db veth',
      '+ link host/br0 bridge',
      '+ rule host ipv4 nft nat -A POSTROUTING -s 10.0.0.0/24 -j RETURN',
      '~ link web/eth0 mtu 1500 → 1400',
      '+ address web/eth0 10.0.0.3/24',
      '~ route web default next hop via 10.0.0.1 dev eth0 → via 10.0.0.9 dev eth0',
      '+ neighbour web/eth0 10.0.0.7 02:00:00:00:00:07',
      '~ sysctl web ipv4/ip_forward value 0 → 1',
    ])
      expect(told).toContain(line);
    // Besides: what the kernel itself adds for the new address, and what forwarding sets for every link of web.
    expect(told.filter((line) => !/^\+ route web local|^~ sysctl web ipv4\/conf\//.test(line))).toHaveLength(
      10,
    );
  });

  test('works between two files, the other way round too', async () => {
    await lab.netpeek(['snapshot', '-o', '/run/after.json']);
    expect((await diff('/run/after.json', '/run/before.json')).stdout).toContain('- namespace new named\n');
    const document = JSON.parse((await diff('/run/before.json', '/run/after.json', '--json')).stdout);
    expect(document).toMatchObject({ schema: 'netpeek.diff/1', notCompared: [] });
    expect(document.differences).toContainEqual({
      change: 'changed',
      kind: 'link',
      namespace: 'web',
      link: 'eth0',
      what: 'veth',
      fields: [{ field: 'mtu', before: '1500', after: '1400' }],
    });
  });

  test('with a file that is none ends with 5', async () => {
    expect(await diff('/etc/hostname')).toMatchObject({ exitCode: 5, stdout: '' });
  });
});
