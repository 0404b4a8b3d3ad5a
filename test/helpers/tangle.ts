/** A network tangled on purpose: veth pairs in all directions, ifindexes that are taken everywhere, odd names. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Lab } from './lab.ts';
import { waitFor } from './wait-for.ts';

/** Pairs as they are built: namespace, ifindex, name of one end and of the other. Most numbers are taken elsewhere too. */
export const pairs = [
  ['host', 20, 'va', 'a', 2, 'eth0'],
  ['host', 21, 'vb', 'b', 2, 'eth0'],
  ['host', 22, 'vc', 'c', 2, 'eth0'],
  ['a', 20, 'toc', 'c', 21, 'toa'],
  ['b', 20, 'toc', 'c', 22, 'tob'],
  ['a', 30, 'same', 'b', 30, 'same'],
  ['a', 21, 'x', 'b', 22, 'x'],
  ['c', 40, 'in0', 'c', 41, 'in1'],
  ['host', 40, 'in0', 'host', 41, 'in1'],
] as const;

/** Names that are legal for the kernel (dev_valid_name in net/core/dev.c), in printf's words, and as netpeek shows them. */
export const oddNames = [
  ['e\\033[31m', 'e\\x1b[31m'],
  ['x\\377\\303', 'x\\xff\\xc3'],
  ['eth0@if5', 'eth0@if5'],
  ['--help', '--help'],
  ['\\346\\225\\260', '数'],
] as const;

export const buildTangle = [
  ...['a', 'b', 'c', 'odd'].map((name) => `ip netns add ${name}`),
  'ip link add br0 index 90 up type bridge',
  ...pairs.map(([ns, index, name, farNs, farIndex, farName]) =>
    [
      'ip link add',
      `${name} index ${index}${ns === 'host' ? '' : ` netns ${ns}`} type veth peer`,
      `name ${farName} index ${farIndex}${farNs === 'host' ? '' : ` netns ${farNs}`}`,
    ].join(' '),
  ),
  'ip link set va master br0',
  'ip link set vb master br0 up',
  'ip -n c link add br0 index 50 type bridge',
  'ip -n c link set in1 master br0',
  'ip -n a link set x name renamed',
  ...oddNames.map(
    ([printf], index) =>
      `ip link add odd${index} index ${60 + index} type veth peer name "$(printf '%b' '${printf}')" index ${2 + index} netns odd`,
  ),
  // Reports an ifindex and an nsid as if it had a peer: its own number, in the namespace that it came from.
  'ip link add vx0 index 95 type vxlan id 5 dstport 4789 dev va',
  'ip link set vx0 netns b',
  'ip link add vunseen index 70 type veth peer name unseen index 71',
].join('\n');

/**
 * Moves a link into a namespace that nothing in the lab leads to: it belongs to a process that is none of the lab's,
 * as everything outside is for who runs in a container. The process lives until it is killed, or this one ends.
 */
export async function moveOutOfSight(lab: Lab, link: string): Promise<ChildProcess> {
  const enter = ['nsenter', `--net=/proc/${lab.pid}/ns/net`];
  const [file = '', ...live] = [
    ...enter,
    'unshare',
    '--net',
    'setpriv',
    '--pdeathsig',
    'KILL',
    'sleep',
    '600',
  ];
  const outsider = spawn(file, live);
  await waitFor('the outsider', () => readFileSync(`/proc/${outsider.pid}/comm`, 'utf8') === 'sleep\n');
  const [, ...move] = [...enter, 'ip', 'link', 'set', link, 'netns', `${outsider.pid}`];
  await promisify(execFile)(file, move);
  return outsider;
}
