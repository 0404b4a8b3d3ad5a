/** Who owns what, as the kernel has it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node } from '../helpers/paths.ts';
import { withoutStack } from '../helpers/without-stack.ts';

type FindDocument = {
  readonly hits: readonly { readonly kind: string; readonly namespace: string; readonly link?: string }[];
  readonly within: readonly string[];
};

describe('find', () => {
  let lab: Lab;
  let pid: string;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      for name in web db; do
        ip netns add $name
        ip link add to-$name type veth peer name eth0 netns $name
        ip link set to-$name up
        ip -n $name link set eth0 up
      done
      ip -n web addr add 10.0.0.2/24 dev eth0
      ip -n db addr add 10.0.0.2/24 dev eth0
      ip -n web addr add fd00::2/64 dev eth0 nodad`);
    const listen = "require('node:net').createServer().listen(8080, () => console.log(process.pid))";
    const busy = await lab.spawn(['ip', 'netns', 'exec', 'web', node, '-e', listen]);
    await busy.waitForOutput(/\d+\n/);
    pid = busy.stdout().trim();
  });
  afterAll(() => lab.dispose());

  const find = async (query: string) => withoutStack(await lab.netpeek(['find', query]));
  const places = async (query: string) => {
    const { hits } = await lab.netpeekJson<FindDocument>(['find', query]);
    return hits.map(({ kind, namespace, link }) => [kind, namespace, link].filter(Boolean).join(' '));
  };

  test('an address that two have names both', async () => {
    expect(await places('10.0.0.2')).toEqual(['address db eth0', 'address web eth0']);
    expect(await places('fd00:0::2')).toEqual(['address web eth0']);
    expect((await find('fd00::2')).stdout).toMatch(/^address +fd00::2\/64 +web +eth0 +veth, up/m);
  });

  test('a MAC, a link, an ifindex, a subnet and a name', async () => {
    const show = await lab.ok(['ip', '-n', 'web', '-j', 'link', 'show', 'eth0']);
    const [{ address = '', ifindex = 0 } = {}] = JSON.parse(show) as { address: string; ifindex: number }[];
    expect(await places(address.toUpperCase())).toEqual(['mac web eth0']);
    expect(await places(`${ifindex}`)).toContain('ifindex web eth0');
    expect(await places('to-db')).toEqual(['link host to-db']);
    expect(await places('10.0.0.0/8')).toEqual(['subnet db eth0', 'subnet web eth0']);
    expect(await places('web')).toEqual(['namespace web']);
  });

  test('a process', async () => {
    expect(await places(pid)).toContain('pid web');
  });

  test('a port that somebody listens on', async () => {
    expect(await places(':8080')).toEqual(['port web']);
    expect((await find(':8080')).stdout).toMatch(new RegExp(`pid ${pid}\\)`));
  });

  test('nobody ends with 3, and says what was searched and where it would be', async () => {
    expect(await find('10.0.0.77')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /netpeek: nobody here has 10\.0\.0\.77, but it lies in the subnet of db\/eth0 10\.0\.0\.2\/24, web\/eth0 10\.0\.0\.2\/24: searched 3 namespaces, \d links, 0 containers\n$/,
      ),
    });
    expect((await find('nosuch')).exitCode).toBe(3);
    const { exitCode, stdout } = await lab.netpeek(['find', 'nosuch', '--json']);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'netpeek.find/1', hits: [], within: [] });
  });
});
