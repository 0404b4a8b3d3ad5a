/** The screen over a snapshot file: everything as it was, and nothing of the machine that shows it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { openNetpeek } from './netpeek.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok(`
    ip netns add blue
    ip link add to-blue type veth peer name eth0 netns blue
    ip -n blue addr add 198.51.100.7/24 dev eth0
    ip -n blue link set eth0 up
    ip link set to-blue up
    ip -n blue route add default via 198.51.100.1`);
  await lab.netpeek(['snapshot', '-o', '/run/picture.json']);
  await lab.ok('ip netns delete blue; ip netns add later');
});
afterAll(() => lab.dispose());

test('shows what was there, with its tables, and refuses what needs the machine', async () => {
  const terminal = await openNetpeek(lab, ['--snapshot', '/run/picture.json']);
  expect(await terminal.waitFor(/○ blue +198\.51\.100\.7/)).not.toContain('later');
  await terminal.press('G', 'Enter', '2');
  await terminal.waitFor(/default +198\.51\.100\.1/);
  await terminal.press('a');
  await terminal.waitFor('this is a snapshot file');
  await terminal.press('q');
  expect(await terminal.waitForExit()).toBe(0);
  await terminal.dispose();
  expect(await lab.ok(['ls', '/run/netns'])).toBe('later\n');
});
