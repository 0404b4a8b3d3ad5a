/**
 * Holds the tests to their word that nothing is ever set up on the machine itself: its links, rules and mounts are
 * read before and after every kind of test that uses labs, and must be the same. (vitest runs this as globalSetup.)
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const tools = [
  ['ip', '-d', 'link'],
  ['ip', 'netns'],
  ['nft', '--stateless', 'list', 'ruleset'],
  ['iptables-legacy-save'],
] as const;

/** Reads the machine; the function it returns reads it again, and throws where something has changed. */
export function setup(): () => void {
  const before = readMachine();
  return () => {
    const after = readMachine();
    const changes = Object.keys(after).filter((what) => after[what] !== before[what]);
    if (changes.length === 0) return;
    const told = changes.map((what) => `before, ${what}:\n${before[what]}\nafter:\n${after[what]}`);
    throw new Error(`the tests changed this machine itself, outside of their labs\n${told.join('\n')}`);
  };
}

function readMachine(): Record<string, string> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const said = tools.map(([file, ...args]) => {
    const text = execFileSync(file, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    // Comments hold the time of day.
    return [file + args.join(' '), text.replace(/^#.*\n/gm, '')];
  });
  return { ...Object.fromEntries(said), mounts: mountPoints() };
}

/** Without the ids: they are handed out anew when a namespace elsewhere is copied from this one. */
function mountPoints(): string {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ').slice(2).join(' ')).join('\n');
}
