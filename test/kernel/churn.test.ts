/**
 * Reading while links and namespaces come and go as fast as they can: dumps are interrupted, namespaces vanish between
 * listing and opening. What netpeek prints stays a valid document whose pairs name each other, and never a guess.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument } from '../helpers/documents.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Started } from '../helpers/lab-process.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** Looks at the moving machine, two at a time; each takes about a third of a second here. */
const LOOKS = 24;

/** A fixed part, many links beside it so that a dump takes several reads, and three loops that never rest. */
const buildStill = `
  set +x
  ip netns add still
  ip link add fixed index 500 type veth peer name eth0 index 500 netns still
  seq 1 300 | awk '{ printf "link add p%d type veth peer name q%d\\n", $1, $1 }' | ip -batch -`;
const churns = [
  // Links of the host, so that its dumps are interrupted.
  'while :; do ip link add w0 type veth peer name w1; echo .; ip link del w0; done',
  // Namespaces that come, are wired to the host with always the same numbers, and go.
  `while :; do ip netns add gone; echo .
     ip link add x0 index 900 type veth peer name eth0 index 2 netns gone; ip netns del gone; done`,
  // Pairs that move to a namespace and back.
  `ip netns add far; ip link add m0 type veth peer name m1
   while :; do ip link set m1 netns far; echo .; ip -n far link set m1 netns 1; done`,
  // Namespaces without a name, kept by a process alone.
  'while :; do unshare --net true; echo .; done',
];

describe('a machine that does not hold still', () => {
  let lab: Lab;
  const running: Started[] = [];
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(buildStill);
    for (const loop of churns) {
      const started = await lab.spawn(['sh', '-c', loop]);
      await started.waitForOutput(/\./);
      running.push(started);
    }
  });
  afterAll(() => lab.dispose());

  const turns = () => running.map((loop) => loop.stdout().length);

  test('is listed each time, with pairs that name each other and with what lies still', async () => {
    const before = turns();
    for (let look = 0; look < LOOKS; look += 2) {
      const both = await Promise.all([list(), list()]);
      for (const document of both) {
        expectMutual(document);
        expectStill(document);
      }
    }
    // All loops went on meanwhile, or nothing was tested.
    for (const [index, count] of turns().entries()) expect(count).toBeGreaterThan((before[index] ?? 0) + 20);
  });

  const list = async (): Promise<LsDocument> => {
    const { exitCode, stdout, stderr } = withoutStack(await lab.netpeek(['ls', '--all', '--json']));
    expect([exitCode, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as LsDocument;
  };

  const expectMutual = ({ namespaces }: LsDocument) => {
    const ends = new Map(
      namespaces.flatMap(({ id, links }) => (links ?? []).map((link) => [`${id}/${link.ifindex}`, link])),
    );
    for (const { id, links } of namespaces)
      for (const { ifindex, name, kind, peer } of links ?? []) {
        if (!peer) continue;
        const far = ends.get(`${peer.namespace}/${peer.ifindex}`);
        expect([kind, far?.kind, far?.name]).toEqual(['veth', 'veth', peer.name]);
        expect(far?.peer).toEqual({ namespace: id, ifindex, name });
      }
  };

  /** What lies still is found although the table around it does not. */
  const expectStill = ({ namespaces, gaps }: LsDocument) => {
    const [host, still] = ['host', 'still'].map((name) => namespaces.find((one) => one.name === name));
    const fixed = still?.links?.find(({ name }) => name === 'eth0');
    // Kernels before 6.6 may pass over a link when they go on in a table that has changed; then it is said to be unseen.
    if (
      fixed?.peerUnknown &&
      gaps.some(({ probe, namespace }) => probe === 'links' && namespace === host?.id)
    )
      expect(fixed.peerUnknown).toBe('peer ifindex 500 in nsid 0, not visible');
    else expect(fixed?.peer).toEqual({ namespace: host?.id, ifindex: 500, name: 'fixed' });
  };
});
