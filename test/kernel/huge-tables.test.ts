/** Tables far beyond what anybody reads: a bounded part is shown, how much there is is said, and nothing is concluded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument, ShowDocument } from '../helpers/documents.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** 30,000 routes, 12,000 neighbours and 5,200 links in one namespace, and another beside it that knows the first. */
const buildHuge = `
  set +x
  ip netns add huge
  ip netns add small
  # IPv6 adds routes of its own while one looks.
  ip netns exec huge sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n huge link add eth0 up type bridge
  ip -n huge addr add 10.0.0.1/8 dev eth0
  ip -n huge link add tosmall index 3 type veth peer name eth0 index 3 netns small
  seq 0 29999 | awk '{ printf "route add 172.%d.%d.%d/32 dev eth0\\n", 16 + int($1 / 65536), int($1 / 256) % 256, $1 % 256 }' > /run/routes
  ip -n huge -batch /run/routes
  seq 0 11999 | awk '{ printf "neigh add 10.1.%d.%d lladdr 02:00:00:00:00:02 dev eth0 nud permanent\\n", int($1 / 256), $1 % 256 }' > /run/neighbours
  ip -n huge -batch /run/neighbours
  seq 1 2600 | awk '{ printf "link add a%d type veth peer name b%d\\n", $1, $1 }' > /run/links
  ip -n huge -batch /run/links`;

describe('a namespace with 30,000 routes, 12,000 neighbours and 5,200 links', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(buildHuge);
  });
  afterAll(() => lab.dispose());

  const countOf = async (...words: readonly string[]) =>
    (await lab.ok(['ip', '-n', 'huge', ...words])).split('\n').filter(Boolean).length;
  const said = (count: number) => count.toLocaleString('en-US');

  test('shows the first of each, and says how many there are', async () => {
    const links = await countOf('-o', 'link');
    const routes =
      (await countOf('-4', 'route', 'show', 'table', 'all')) +
      (await countOf('-6', 'route', 'show', 'table', 'all'));
    const shown = await lab.netpeekJson<ShowDocument>(['show', 'huge', 'links', 'routes', 'neighbours']);
    expect(shown.routes).toHaveLength(20_000);
    expect(shown.neighbours).toHaveLength(10_000);
    const ofTables = shown.gaps.filter(({ probe }) => probe !== 'docker');
    expect(ofTables.map(({ probe, reason }) => [probe, reason])).toEqual([
      ['links', `showing the first 5,000 of ${said(links)} links`],
      ['routes', `showing the first 20,000 of ${said(routes)} routes`],
      ['neighbours', expect.stringMatching(/^showing the first 10,000 of 1[12],\d\d\d neighbours$/)],
    ]);
  });

  test('says the same in words', async () => {
    const { stderr, exitCode } = withoutStack(await lab.netpeek(['show', 'huge', 'routes']));
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/huge: routes: showing the first 20,000 of 3\d,\d\d\d routes/);
  });

  test('tells of no route that only slid over the edge of what is kept', async () => {
    await lab.netpeek(['snapshot', '-o', '/run/before.json']);
    // The first of the table: it pushes the last one that was kept over the edge.
    await lab.ok('ip -n huge route add 11.0.0.0/24 dev eth0');
    await lab.netpeek(['snapshot', '-o', '/run/after.json']);
    const diff = (...args: readonly string[]) =>
      lab.netpeek(['diff', '/run/before.json', '/run/after.json', ...args]);
    const { stdout, stderr } = withoutStack(await diff());
    expect(stdout).not.toMatch(/route huge/);
    expect(stderr).toMatch(/only changes are told .*huge routes/);
    expect(JSON.parse((await diff('--json')).stdout).comparedInPart).toContain('huge routes');
  });

  test('leaves the wiring of the others right', async () => {
    const { namespaces } = await lab.netpeekJson<LsDocument>(['ls', '--all']);
    const [huge, small] = ['huge', 'small'].map((name) => namespaces.find((one) => one.name === name));
    const eth0 = small?.links?.find(({ name }) => name === 'eth0');
    expect(huge?.links).toHaveLength(5_000);
    expect(eth0?.peer).toEqual({ namespace: huge?.id, ifindex: 3, name: 'tosmall' });
  });

  test('lets no diagnosis conclude from a part of the routes', async () => {
    const { stdout, exitCode } = withoutStack(await lab.netpeek(['diagnose', 'huge', '198.51.100.1']));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/not in full/);
    expect(stdout).not.toMatch(/no route/i);
  });
});
