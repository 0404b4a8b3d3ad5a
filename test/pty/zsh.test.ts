/** Completion in zsh, which completes only while somebody types: a zsh in a terminal, the script, and the Tab key. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout } from '../helpers/paths.ts';
import { openTerminal, type Terminal } from '../helpers/terminal.ts';

describe('completion in zsh', () => {
  let lab: Lab;
  let terminal: Terminal;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      for name in web web2 c:d; do ip netns add $name; done
      ip link add to-web type veth peer name eth0 netns web
      ip link add 'to$(id)' type bridge
      touch /run/netpeek-before.json`);
    const setUp = 'autoload -Uz compinit; compinit -u -D; source <(netpeek completion zsh); PS1="ready> "';
    const env = { PATH: `${checkout}/scripts:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: '/run' };
    terminal = await openTerminal({ host: lab, argv: ['zsh', '-f', '-i'], columns: 120, env });
    await terminal.type(`${setUp}\r`);
    await terminal.waitFor(/^ready>/m);
  });
  afterAll(async () => {
    await terminal.dispose();
    await lab.dispose();
  });
  // C-u empties the line, C-l the screen.
  afterEach(() => terminal.press('C-u', 'C-l'));

  test.each([
    ['netpeek sn', 'netpeek snapshot'],
    ['netpeek netns a', 'netpeek netns attach'],
    ['netpeek veth to-', 'netpeek veth to-web'],
    ['netpeek ls c', 'netpeek ls c:d'],
    ['netpeek capture web/', 'netpeek capture web/eth0'],
    ['netpeek graph --format m', 'netpeek graph --format mermaid'],
    ['netpeek graph --format=m', 'netpeek graph --format=mermaid'],
    ['netpeek show web ro', 'netpeek show web routes'],
    ['netpeek diff /run/netpeek-b', 'netpeek diff /run/netpeek-before.json'],
  ])('makes of %j and Tab %j', async (typed, completed) => {
    await terminal.type(`${typed}\t`);
    expect(await terminal.waitFor(`ready> ${completed}`)).not.toMatch(/error|not found/);
  });

  test('lists what it may be, with what each is, and never what the shell would run', async () => {
    await terminal.type('netpeek ls \t');
    const screen = await terminal.waitFor(/-- named$/m);
    expect(screen).toMatch(/^(?=.*\bweb\b)(?=.*\bweb2\b).* +-- named$/m);
    expect(screen).toMatch(/^to-web +-- link, veth$/m);
    expect(screen).not.toContain('$(id)');
  });
});
