/** Namespaces that no name shows: kept by a bind mount elsewhere, by a foreign mount namespace, by a descriptor alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';

type Entry = { id: string; name: string; kind: string; paths: string[]; nsids?: { nsid: number }[] };

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.dispose());

const list = async () => (await lab.netpeekJson<{ namespaces: Entry[] }>(['ls', '--all'])).namespaces;

test('a bind mount outside /run/netns is found and named by its path', async () => {
  await lab.ok('mkdir -p /run/keep; touch /run/keep/blue; unshare --net=/run/keep/blue true');
  const inode = (await lab.ok(['stat', '-c', '%i', '/run/keep/blue'])).trim();
  expect(await list()).toContainEqual(
    expect.objectContaining({ id: inode, kind: 'hidden', name: '/run/keep/blue', paths: ['/run/keep/blue'] }),
  );
});

test('a namespace held by a descriptor alone is found when a peer is missing, and the pair with it', async () => {
  // The shell opens the namespace of a process that then ends; only the descriptor is left.
  const holder = await lab.spawn([
    'bash',
    '-c',
    'unshare -n sleep infinity & until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done; ' +
      'ip link add out0 type veth peer name in0; ip link set in0 netns $!; ' +
      'exec 7</proc/$!/ns/net; kill $!; wait $! 2>/dev/null; echo ready; exec sleep infinity',
  ]);
  await holder.waitForOutput(/ready/);
  const { veths } = await lab.netpeekJson<{
    veths: { link: string; hostLink: string | null; peerUnknown?: string; namespace: string }[];
  }>(['veth', 'out0']);
  expect(veths).toHaveLength(1);
  expect(veths[0]).toMatchObject({
    link: 'in0',
    hostLink: 'out0',
    namespace: expect.stringMatching(/^inode:/),
  });
  const hidden = (await list()).find(({ name }) => name === veths[0]?.namespace);
  expect(hidden).toMatchObject({ kind: 'hidden', paths: [expect.stringMatching(/^\/proc\/\d+\/fd\/7$/)] });
  expect(hidden?.nsids).toHaveLength(1);
  await holder.stop('SIGKILL');
});

test('a namespace mounted only in another mount namespace is found when a peer is missing', async () => {
  const holder = await lab.spawn([
    'unshare',
    '-m',
    '--propagation',
    'private',
    'bash',
    '-c',
    'touch /run/far; unshare --net=/run/far true; ip link add out1 type veth peer name in1; nsenter --net=/run/far ip link set lo up; ' +
      'ip link set in1 netns /run/far; echo ready; exec sleep infinity',
  ]);
  await holder.waitForOutput(/ready/);
  const { veths } = await lab.netpeekJson<{ veths: { link: string; hostLink: string }[] }>(['veth', 'out1']);
  expect(veths).toMatchObject([{ link: 'in1', hostLink: 'out1' }]);
  await holder.stop('SIGKILL');
});
