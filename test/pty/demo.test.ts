/** `netpeek demo` as somebody meets it: a practice network in a terminal, every pane, a capture, a diagnosis. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BINDINGS } from '../../src/keys/actions.ts';
import { formatKeys } from '../../src/keys/match.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { choose, expectRestored, openNetpeek, packetCount, processesLike, waitUntilGone } from './netpeek.ts';

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 160, rows: 50 },
] as const;

describe.each(sizes)('the demo on $columns×$rows', (size) => {
  let lab: Lab;
  let terminal: Terminal;
  beforeAll(async () => {
    lab = await createLab();
    terminal = await openNetpeek(lab, ['demo'], size);
    await terminal.waitFor('ns4');
  });
  afterAll(async () => {
    await terminal.dispose();
    await lab.dispose();
  });

  test('lists the namespaces with their addresses, and says that there is no engine', async () => {
    const screen = await terminal.waitFor('no engine');
    expect(screen).toMatch(/○ internet +192\.0\.2\.1 /);
    expect(screen).toMatch(/○ ns3 +10\.1\.1\.3 /);
    expect(screen).toMatch(/○ ns4 +10\.1\.1\.4 /);
    expect(screen).toContain('! 1 gap');
    const lines = screen.trimEnd().split('\n');
    expect(lines).toHaveLength(size.rows);
    expect(lines.map((line) => line.length)).toEqual(lines.map(() => size.columns));
  });

  test('says how the chosen one is wired, with the rates of its links and a chart', async () => {
    await choose(terminal, 'ns3');
    const screen = await terminal.waitFor(/rx \d.*B\/s +tx \d.*B\/s/);
    expect(screen).toContain('ns3  eth0 10.1.1.3/24 ⇄ br-ns3 → br0');
    expect(screen).toMatch(/eth0 +up .*host\/br-ns3/);
    // Two lines of braille dots: the chart drew more than its axis.
    await terminal.waitFor(/[⠁-⣿]{3,}[\s\S]*[⠁-⣿]{3,}/);
  });

  test('shows its routes, its neighbours, and the rules of the host that its visits count up', async () => {
    await terminal.press('2');
    await terminal.waitFor(/default +10\.1\.1\.1 +eth0/);
    await terminal.press('3');
    await terminal.waitFor(
      /10\.1\.1\.1 +([0-9a-f]{2}:){2}[0-9a-f:…]{9,} +eth0 +(reachable|stale|delay|probe)/,
    );
    await terminal.press('4');
    await terminal.waitFor('no NAT rules in this namespace');
    await choose(terminal, 'host');
    const gained = async (above: number) =>
      waitFor('the masquerading rule to gain', async () => {
        const [, count] =
          /\+(\d+) +10\.1\.1\.0\/24 leaving by anything but/.exec(await terminal.screen()) ?? [];
        return Number(count ?? 0) > above && Number(count);
      });
    await gained(await gained(0));
    await terminal.waitFor(/now: (at least )?\d+ connections?, e\.g\. 10\./);
  });

  test('shows the firewall’s counters climb, and who asks whom through it', async () => {
    await terminal.press('5');
    await terminal.waitFor(/5 Firewall/);
    const climbed = async (above: number) =>
      waitFor('the forwarding rule to gain', async () => {
        const [, count] = /\+(\d+) .*-i br0 ! -o br0 -j ACCEPT/.exec(await terminal.screen()) ?? [];
        return Number(count ?? 0) > above && Number(count);
      });
    await climbed(await climbed(0));
    await terminal.waitFor('policy DROP');
    await terminal.press('x');
    await terminal.waitFor('iptables-nft-save -c');
    await terminal.press('Escape');
    await waitUntilGone(terminal, 'The same by hand');
    await terminal.press('6');
    await terminal.waitFor(/tcp +10\.1\.1[\d.…]*:\d+ +203[\d.…]*:80 /);
  });

  test('shows who listens on the internet’s port 80, and whom it asks for names', async () => {
    await terminal.press('7');
    await terminal.waitFor(/no sockets: nothing in this namespace waits/);
    await choose(terminal, 'internet');
    await terminal.waitFor(/tcp +\[::\]:80 +listen +\d+\/\d+ +\S+ \(\d+\)/);
    await terminal.press('8');
    await terminal.waitFor(/file +\/\S*resolv\.conf/);
  });

  test('goes on behind the panes with a number, and round', async () => {
    await choose(terminal, 'host');
    await terminal.press('9', ']');
    await terminal.waitFor(/32766 +ipv4 .*lookup main/);
    await terminal.press(']');
    await terminal.waitFor(/([0-9a-f]{2}:){5}[0-9a-f]{2} +br-ns3 .*ns3\/eth0/);
    await terminal.press(']');
    await terminal.waitFor(/uplink +qdisc /);
    await terminal.press(']');
    await terminal.waitFor(/ipv4\/ip_forward +1/);
    await terminal.press(']');
    await terminal.waitFor(/1 Links[\s\S]* rx /);
  });

  test('shows by hand what a pane shows', async () => {
    await choose(terminal, 'ns3');
    await terminal.press('2', 'x');
    await terminal.waitFor('ip netns exec ns3 ip route show table all');
    await terminal.press('Escape');
    await waitUntilGone(terminal, 'The same by hand');
  });

  test('captures, pauses, goes on and stops', async () => {
    await terminal.press('c');
    const running = await terminal.waitFor(/IP 10\.1\.1\.3\.\d+ > 203\.0\.113\.10\.80: Flags/);
    expect(running).toMatch(/capture ns3 · everything ─+ [\d,]+ packets/);
    await terminal.press('p');
    const paused = await terminal.waitFor('· paused');
    const linesOf = (screen: string) => screen.split('\n').filter((line) => / IP | ARP/.test(line));
    const later = await waitFor('more packets behind the paused screen', async () => {
      const screen = await terminal.screen();
      return packetCount(screen) > packetCount(paused) && screen;
    });
    expect(linesOf(later)).toEqual(linesOf(paused));
    await terminal.press('p');
    await waitUntilGone(terminal, '· paused');
    await terminal.press('c');
    await terminal.waitFor('· ended');
    await waitFor('tcpdump to end', async () => (await processesLike(lab, /^tcpdump/)).length === 0);
  });

  test('captures with a filter, and gives tcpdump’s own words for a bad one', async () => {
    await terminal.press('C');
    await terminal.type('tcp prot 80');
    await terminal.press('Enter');
    await terminal.waitFor("can't parse filter expression: syntax error");
    await terminal.press('C', 'C-u');
    await terminal.type('arp or icmp6');
    await terminal.press('Enter');
    await terminal.waitFor('capture ns3 · arp or icmp6');
    await waitUntilGone(terminal, 'syntax error');
    await terminal.press('Escape');
    await waitUntilGone(terminal, 'capture ns3');
  });

  test('diagnoses the way to the internet, and into a neighbour by its name', async () => {
    await terminal.press('d');
    await terminal.waitFor(/the internet[\s\S]+ns4 +10\.1\.1\.4/);
    await terminal.press('Enter');
    const answer = await terminal.waitFor('no fault found');
    expect(answer).toContain('the way of the packet');
    expect(answer).toContain('✓ ns3/eth0  route: to 203.0.113.1 via');
    await terminal.press('d');
    await terminal.type('ns4');
    await terminal.waitFor('› ns4');
    await terminal.press('Enter');
    await terminal.waitFor('icmp  10.1.1.3 → 10.1.1.4');
    // By what was read at once, and then by an answer on the wire.
    expect(await terminal.waitFor(/ns4 works\s/)).not.toContain('nothing was sent');
    await terminal.press('1');
  });

  test('the help tells every key', async () => {
    await terminal.press('?');
    await terminal.waitFor('┌ Keys');
    const seen = new Set<string>();
    await waitFor('the help to end', async () => {
      const screen = await terminal.screen();
      for (const line of screen.split('\n')) seen.add(line.slice(line.indexOf('│  ')));
      await terminal.press('j');
      return !/\d+ more: j/.test(screen);
    });
    const text = [...seen].join('\n');
    for (const { keys, help } of BINDINGS) {
      expect(text).toContain(formatKeys(keys));
      expect(text).toContain(help);
    }
    await terminal.press('Escape');
    await waitUntilGone(terminal, '┌ Keys');
  });

  test('the list narrows to what is typed, and is whole again', async () => {
    await terminal.press('/');
    await terminal.type('ns4');
    const narrow = await terminal.waitFor('1/4');
    expect(narrow).toMatch(/▸○ ns4/);
    expect(narrow).not.toMatch(/○ ns3/);
    await terminal.press('Escape');
    await terminal.waitFor(/○ ns3/);
  });

  test('says calmly that a terminal is too small, and goes on when it is not', async () => {
    await terminal.resize(60, 20);
    await terminal.waitFor('netpeek needs 80×24.');
    await terminal.resize(size.columns, size.rows);
    const screen = await terminal.waitFor('○ ns4');
    expect(screen.trimEnd().split('\n')).toHaveLength(size.rows);
  });

  test('q leaves the terminal as it was, and nothing of the demo', async () => {
    await terminal.press('q');
    expect(await terminal.waitForExit()).toBe(0);
    await expectRestored(terminal);
    expect(await processesLike(lab, /main\.js|lab-actor|tcpdump|unshare/)).toEqual([]);
  });
});
