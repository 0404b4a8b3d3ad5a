/** The built netpeek in a terminal of a lab, and what tests ask of that terminal. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Container } from '../helpers/docker.ts';
import type { Host, Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../helpers/terminal.ts';
import { waitFor } from '../helpers/wait-for.ts';

const runFile = promisify(execFile);

export type Opened = Pick<TerminalOptions, 'columns' | 'rows' | 'env'> & { readonly host?: Host };

/** Starts netpeek in the lab's directory, so that what it saves goes with the lab. */
export function openNetpeek(lab: Lab, args: readonly string[], options: Opened = {}): Promise<Terminal> {
  const argv = ['env', '-C', lab.directory, node, program, ...args];
  return openTerminal({ host: lab, ...options, argv });
}

/** Chooses an entry of the list by its name, and leaves the list whole. */
export async function choose(terminal: Terminal, name: string): Promise<void> {
  await terminal.press('/', 'C-u');
  await terminal.type(name);
  await terminal.waitFor(new RegExp(`▸\\S ${name}\\b`));
  await terminal.press('C-u', 'Enter');
  await terminal.waitFor('/ filter');
}

/** Waits until the text is gone from the screen. */
export async function waitUntilGone(terminal: Terminal, text: string | RegExp): Promise<string> {
  let last = '';
  const look = async () => {
    last = await terminal.screen();
    return !(typeof text === 'string' ? last.includes(text) : text.test(last)) && { last };
  };
  return (await waitFor(() => `${text} to go from the screen:\n${last}`, look)).last;
}

/** What the capture's heading counts. */
export function packetCount(screen: string): number {
  return Number((/─ capture .* ([\d,]+) packets?\b/.exec(screen)?.[1] ?? '0').replaceAll(',', ''));
}

/** Nothing of the screen is left: the shell's screen, a cursor, no mouse reports, a line discipline that echoes. */
export async function expectRestored(terminal: Terminal): Promise<void> {
  const tty = await terminal.state('pane_tty');
  const { stdout: modes } = await runFile('stty', ['-a', '-F', tty]);
  expect({
    alternateScreen: await terminal.state('alternate_on'),
    cursor: await terminal.state('cursor_flag'),
    mouse: await terminal.state('mouse_any_flag'),
    cooked: /(?<!-)\bicanon\b/.test(modes) && /(?<!-)\becho\b/.test(modes),
  }).toEqual({ alternateScreen: '0', cursor: '1', mouse: '0', cooked: true });
}

/** The command lines of the lab's processes that match. */
export async function processesLike(lab: Lab, pattern: RegExp): Promise<readonly string[]> {
  const lines = (await lab.ok(['ps', '-eo', 'args='])).split('\n');
  return lines.filter((line) => pattern.test(line));
}

/** The name of the link on the other end of a container's eth0, as the kernel of the lab says it. */
export async function hostLinkOf(lab: Lab, { pid }: Container): Promise<string> {
  const inside = await lab.ok(['nsenter', '-t', `${pid}`, '-n', 'ip', '-j', 'link', 'show', 'eth0']);
  const [{ link_index: ifindex }]: [{ link_index: number }] = JSON.parse(inside);
  const links: { ifindex: number; ifname: string }[] = JSON.parse(await lab.ok(['ip', '-j', 'link', 'show']));
  return links.find((link) => link.ifindex === ifindex)?.ifname ?? '';
}
