/** The wiring as drawings. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const EVIL = 'a"]; <b>&lt;';

describe('graph', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
      ip link add br0 type bridge
      ip addr add 10.0.0.1/24 dev br0
      ip link set br0 up
      for n in 2 3; do
        ip netns add web$n
        ip link add to-web$n type veth peer name eth0 netns web$n
        ip link set to-web$n master br0 up
        ip -n web$n addr add 10.0.0.$n/24 dev eth0
        ip -n web$n link set eth0 up
      done
      ip netns add lonely
      ip -n web3 link set eth0 name '${EVIL.replaceAll(' ', '')}'`);
  });
  afterAll(() => lab.dispose());

  const graph = async (...args: readonly string[]) => withoutStack(await lab.netpeek(['graph', ...args]));

  test('of one target is a tree by bridge', async () => {
    expect((await graph('web2')).stdout).toBe(
      'host\n  br0 (bridge) 10.0.0.1/24\n  └ to-web2 ⇄ web2/eth0 10.0.0.2/24\n',
    );
    expect((await graph('lonely')).stdout).toBe('lonely (named)\n  only loopback\n');
  });

  test('draws svg and dot without Graphviz, whatever names there are', async () => {
    const { stdout, exitCode } = await graph('--format', 'svg');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^<\?xml.*<svg .*<\/svg>\n$/s);
    expect(stdout).toContain('>a&quot;];&lt;b&gt;&amp;lt;</text>');
    expect((await graph('--format', 'dot')).stdout).toContain('label="a\\"];<b>&amp;lt;\\nveth');
    expect((await graph('--format', 'mermaid')).stdout).toContain(
      '["a#34;#93;#59;#60;b#62;#38;lt#59;<br/>veth',
    );
  });

  test('as JSON has the pairs and ports that ip tells', async () => {
    const { namespaces, edges } = await lab.netpeekJson<{
      namespaces: { name: string; links: { key: string; name: string; ifindex: number }[] }[];
      edges: { kind: string; from: string; to: string }[];
    }>(['graph']);
    const named = new Map(
      namespaces.flatMap(({ name, links }) => links.map((link) => [link.key, `${name} ${link.ifindex}`])),
    );
    const told = JSON.parse(await lab.ok(['ip', '-j', 'link'])) as {
      ifindex: number;
      link_index?: number;
      link_netnsid?: number;
      master?: string;
    }[];
    const bridge = JSON.parse(await lab.ok(['ip', '-j', 'link', 'show', 'br0']))[0].ifindex;
    const ports = told
      .filter(({ master }) => master === 'br0')
      .map(({ ifindex }) => `port host ${ifindex} host ${bridge}`);
    expect(ports).toHaveLength(2);
    const wires = edges.map(({ kind, from, to }) => `${kind} ${named.get(from)} ${named.get(to)}`);
    expect(wires.filter((wire) => wire.startsWith('port')).sort()).toEqual(ports.sort());
    for (const { ifindex, link_index } of told.filter(({ link_netnsid }) => link_netnsid !== undefined))
      expect(wires).toContainEqual(
        expect.stringMatching(new RegExp(`^veth host ${ifindex} web\\d ${link_index}$`)),
      );
  });

  test('writes a file for its owner, and draws from a snapshot file too', async () => {
    expect((await graph('web2', '-o', '/run/web.txt')).stdout).toBe('');
    expect(await lab.ok(['stat', '-c', '%a', '/run/web.txt'])).toBe('600\n');
    await lab.netpeek(['snapshot', '-o', '/run/picture.json']);
    const saved = await graph('--snapshot', '/run/picture.json', 'web2', '-o', '/run/saved.txt');
    expect(saved.exitCode).toBe(0);
    expect(await lab.ok(['cat', '/run/saved.txt'])).toBe((await graph('web2')).stdout);
  });

  test('knows its formats', async () => {
    expect(await graph('--format', 'png')).toMatchObject({
      exitCode: 2,
      stderr: "netpeek: 'png' is no format: choose from text, mermaid, dot, svg, json\n",
    });
  });
});
