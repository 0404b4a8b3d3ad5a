/** The list and the panes follow what happens on a machine without Docker: links, names and namespaces come and go. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { choose, openNetpeek, waitUntilGone } from './netpeek.ts';

/** Erases the screen, names the window, rings, and begins a colour: what a name may do that is printed raw. */
const HOSTILE = "$'x\\x1b[2J\\x1b]0;'";
const HOSTILE_ALIAS = "$'\\x1b[31mred\\x07\\x9b2J'";

describe('netpeek without Docker', () => {
  let lab: Lab;
  let terminal: Terminal;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok('ip netns add blue; ip netns add a-name-that-is-far-too-long-for-the-list-on-the-left');
    terminal = await openNetpeek(lab, []);
    await terminal.waitFor('○ blue');
  });
  afterAll(async () => {
    await terminal.dispose();
    await lab.dispose();
  });

  test('opens in a continuous-integration environment as anywhere', async () => {
    const other = await openNetpeek(lab, [], { env: { CI: 'true', GITHUB_ACTIONS: 'true' } });
    await other.waitFor('○ blue');
    await other.press('q');
    expect(await other.waitForExit()).toBe(0);
    await other.dispose();
  });

  test('cuts a long name by cells, and keeps the frame straight', async () => {
    const lines = (await terminal.waitFor('a-name-that-is-far')).trimEnd().split('\n');
    expect(lines.find((line) => line.includes('a-name'))).toMatch(/^│.{25}…? *│/);
    expect(lines.every((line) => line.endsWith('│') || /[┐┘]$/.test(line))).toBe(true);
  });

  test('shows a name that is added, and drops one that is deleted', async () => {
    await lab.ok('ip netns add green');
    await terminal.waitFor('○ green');
    await lab.ok('ip netns delete green');
    await waitUntilGone(terminal, '○ green');
  });

  test('shows a veth pair in both places while it is there', async () => {
    await choose(terminal, 'blue');
    await lab.ok('ip link add to-blue type veth peer name eth0 netns blue');
    await terminal.waitFor('⇄ host/to-blue');
    await lab.ok('ip -n blue addr add 198.51.100.7/24 dev eth0; ip -n blue link set eth0 up');
    await terminal.waitFor(/○ blue +198\.51\.100\.7/);
    await choose(terminal, 'host');
    await terminal.waitFor(/to-blue .* blue\/eth0/);
    await lab.ok('ip link delete to-blue');
    await waitUntilGone(terminal, 'to-blue');
  });

  test('shows names with control sequences as text, and none of them acts', async () => {
    await choose(terminal, 'host');
    await lab.ok([
      'bash',
      '-c',
      `ip link add ${HOSTILE} type bridge; ip link set ${HOSTILE} alias ${HOSTILE_ALIAS}`,
    ]);
    const screen = await terminal.waitFor('x\\x1b[2J\\x1b]0;');
    expect(screen).toContain('○ blue');
    const drawn = await terminal.screenWithEscapes();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are all that may be left
    expect(drawn.replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(await terminal.state('pane_title')).not.toContain('x');
    await lab.ok(['bash', '-c', `ip link delete ${HOSTILE}`]);
    await waitUntilGone(terminal, '\\x1b');
  });

  test('goes on when the namespace that it shows and captures is deleted', async () => {
    await lab.ok('ip netns add doomed; ip -n doomed link set lo up');
    await terminal.waitFor('○ doomed');
    await choose(terminal, 'doomed');
    await terminal.press('Enter', 'c');
    await terminal.waitFor('capture doomed');
    await lab.ok('ip netns delete doomed');
    await waitUntilGone(terminal, '○ doomed');
    await terminal.waitFor(/capture doomed.* ended/);
    await terminal.press('Escape', 'Escape');
    await choose(terminal, 'blue');
  });

  test('says what has no answer in a namespace without a link', async () => {
    await terminal.press('2');
    await terminal.waitFor('no routes: nothing can leave this namespace');
    await terminal.press('3');
    await terminal.waitFor('no neighbours');
    await terminal.press('1');
  });

  test('saves a snapshot for its owner alone, and names the file', async () => {
    await terminal.press('s');
    const screen = await terminal.waitFor(/saved netpeek-snapshot-\S+\.json/);
    const [name = ''] = /netpeek-snapshot-\S+\.json/.exec(screen) ?? [];
    expect(await lab.ok(['stat', '-c', '%a', `${lab.directory}/${name}`])).toBe('600\n');
    const document = JSON.parse(await lab.ok(['cat', `${lab.directory}/${name}`]));
    expect(document).toMatchObject({ schema: 'netpeek.snapshot/1', engine: null });
    expect(document.namespaces.map(({ name: each }: { name: string }) => each)).toContain('blue');
  });

  test('says why there is no snapshot where none can be written', async () => {
    const elsewhere = await openNetpeek({ ...lab, directory: '/proc' }, []);
    await elsewhere.waitFor('○ blue');
    await elsewhere.press('s');
    await elsewhere.waitFor('no snapshot was saved: write');
    await elsewhere.dispose();
  });
});
