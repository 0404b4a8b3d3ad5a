/** The first round on a host made by hand: two namespaces share a fault, one is healthy; the kernel agrees on each. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FirstRound } from '../../src/model/first-round.ts';
import { base } from '../helpers/diagnosis-cases.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** The same machine beyond the uplink. */
const INTERNET = '203.0.113.10';
const INTERNET6 = '2001:db8:f::10';

let lab: Lab;
beforeEach(async () => {
  lab = await createLab();
  // c3's IPv6 is private and not translated: not what these tests are about.
  await lab.ok(`${base}\nip -n c3 -6 route del default`);
  await waitFor('ports to forward', async () => {
    const links: readonly { state?: string }[] = JSON.parse(await lab.ok(['bridge', '-j', 'link']));
    return links.every(({ state }) => state === 'forwarding');
  });
});
afterEach(() => lab.dispose());

test('nothing is found where all of them get out, and those who stand for the outside are not asked', async () => {
  expect(await reached(INTERNET, ['c1', 'c2', 'c3'])).toEqual(['c1', 'c2', 'c3']);
  expect(await reached(INTERNET6, ['c1', 'c2'])).toEqual(['c1', 'c2']);
  const { exitCode, round } = await look();
  expect(round.causes).toEqual([]);
  expect(round.checked.map(({ about, result }) => `${about}: ${result}`).toSorted()).toEqual([
    'c1 → internet (IPv6): fine',
    'c1 → internet: fine',
    'c2 → internet (IPv6): fine',
    'c2 → internet: fine',
    'c3 → internet: fine',
  ]);
  expect(exitCode).toBe(0);
  const { stdout } = await lab.netpeek(['diagnose']);
  expect(stdout).toContain('5 ways out: no fault found as far as this host decides');
});

test('a fault that two share is told once with both, before one that only one has, and the healthy one is not blamed', async () => {
  await lab.ok('iptables -t nat -D POSTROUTING -s 172.17.0.0/16 ! -o br0 -j MASQUERADE');
  await lab.ok('ip netns exec c2 ip6tables -P OUTPUT DROP');
  expect(await reached(INTERNET, ['c1', 'c2', 'c3'])).toEqual(['c3']);
  expect(await reached(INTERNET6, ['c1', 'c2'])).toEqual(['c1']);
  const { exitCode, round } = await look();
  const about = (n: number) => round.checked.find((way) => way.n === n)?.about;
  expect(round.causes.map(({ id, hits }) => [id, hits.map(about).toSorted()])).toEqual([
    ['masq-missing', ['c1 → internet', 'c2 → internet']],
    ['ctr-output-block', ['c2 → internet (IPv6)']],
  ]);
  expect(round.checked.find((way) => way.about === 'c3 → internet')?.result).toBe('fine');
  expect(exitCode).toBe(1);
});

test('who may not be looked at is named, and never taken for healthy', async () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
  const { stdout, exitCode } = await lab.run([...nobody, node, program, 'diagnose', '--json']);
  const round = JSON.parse(stdout) as FirstRound;
  expect(round.causes).toEqual([]);
  expect(round.checked.filter(({ result }) => result === 'fine')).toEqual([]);
  expect(round.leftOut.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['netns c1', 'netns c2', 'netns c3']),
  );
  expect(exitCode).toBe(1);
  const told = await lab.run([...nobody, node, program, 'diagnose']);
  expect(told.stdout).toContain('nothing could be looked at');
});

async function look() {
  const finished = withoutStack(await lab.netpeek(['diagnose', '--json']));
  return { ...finished, round: JSON.parse(finished.stdout) as FirstRound };
}

/** Who gets an echo back from there. */
async function reached(address: string, names: readonly string[]): Promise<readonly string[]> {
  const heard: string[] = [];
  for (const name of names) {
    const ping = ['ip', 'netns', 'exec', name, 'ping', '-n', '-c1', '-W1', address];
    if ((await lab.run(ping)).exitCode === 0) heard.push(name);
  }
  return heard;
}
