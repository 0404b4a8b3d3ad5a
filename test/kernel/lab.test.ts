/** The lab itself: what the other kernel tests stand on. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';
import { openTerminal } from '../helpers/terminal.ts';
import { tracesOf } from '../helpers/traces.ts';
import { waitFor } from '../helpers/wait-for.ts';

describe('a lab', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab();
  });
  afterEach(() => lab.dispose());

  test('begins with a loopback link and nothing else', async () => {
    const links = JSON.parse(await lab.ok(['ip', '-j', 'link'])) as { ifname: string; flags: string[] }[];
    expect(links.map((link) => link.ifname)).toEqual(['lo']);
    expect(links[0]?.flags).toContain('UP');
    expect(await lab.ok(['ip', 'netns'])).toBe('');
  });

  test('carries a ping between two hosts over a bridge', async () => {
    const left = await lab.host('left');
    await lab.host('right');
    await lab.ok(`
      ip link add br0 up type bridge
      for side in left right; do
        ip link add to-$side up type veth peer name eth0 netns $side
        ip link set to-$side master br0
        ip -n $side link set eth0 up
      done
      ip -n left addr add 10.1.0.1/24 dev eth0
      ip -n right addr add 10.1.0.2/24 dev eth0`);
    expect(await left.ok(['ping', '-c1', '-W5', '10.1.0.2'])).toContain('1 received');
  });

  test('shows its programs their own processes only', async () => {
    const pids = (await lab.ok(['ls', '/proc'])).split('\n').filter((entry) => /^\d+$/.test(entry));
    expect(pids.length).toBeLessThanOrEqual(3);
    expect(readlinkSync(`/proc/${lab.pid}/ns/net`)).toBe(
      (await lab.ok(['readlink', '/proc/1/ns/net'])).trim(),
    );
  });

  test('keeps what programs write under /etc and /run to itself', async () => {
    await lab.ok('mkdir /etc/netpeek-lab-only /run/netpeek-lab-only');
    expect(existsSync('/etc/netpeek-lab-only')).toBe(false);
    expect(existsSync('/run/netpeek-lab-only')).toBe(false);
  });

  test('says what a failing script complained about', async () => {
    await expect(lab.ok('ip link set nowhere up')).rejects.toThrow('Cannot find device "nowhere"');
    expect(await lab.run(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exitCode: 3,
    });
  });

  test('signals the started program itself', async () => {
    const program = await lab.spawn([
      'sh',
      '-c',
      'trap "echo stopped; exit 5" TERM; echo up; while :; do read -t1 _ </dev/zero; done',
    ]);
    await program.waitForOutput(/up/);
    expect(readFileSync(`/proc/${program.pid}/comm`, 'utf8')).toBe('sh\n');
    expect(await program.stop()).toMatchObject({ exitCode: 5, stdout: 'up\nstopped\n' });
  });

  test('ends a program that takes too long', async () => {
    await expect(lab.run(['sleep', '600'], { timeoutMs: 100 })).rejects.toThrow('not done after 100 ms');
    expect(await lab.ok(['ps', '-eo', 'comm'])).not.toContain('sleep');
  });
});

describe('a terminal in a lab', () => {
  test('shows the screen, takes keys, changes its size and tells the exit code', async () => {
    const lab = await createLab();
    const script = 'hostname; stty size; read answer; echo "[$answer]"; stty size; exit 4';
    const terminal = await openTerminal({ host: lab, argv: ['sh', '-c', script] });
    await terminal.waitFor('lab\n24 80');
    expect(readFileSync(`/proc/${await terminal.pid()}/comm`, 'utf8')).toBe('sh\n');
    await terminal.resize(160, 50);
    await terminal.type('é ▸');
    await terminal.press('Enter');
    expect(await terminal.waitForExit()).toBe(4);
    expect(await terminal.screen()).toContain('[é ▸]\n50 160');
    await terminal.dispose();
    await lab.dispose();
  });

  test('gives colours as escape sequences', async () => {
    const terminal = await openTerminal({ argv: ['printf', '\\033[31mred\\033[0m'] });
    await terminal.waitFor('red');
    expect(await terminal.screenWithEscapes()).toContain('\u001b[31mred');
    await terminal.dispose();
  });
});

describe('the end of a lab', () => {
  test('leaves no process, mount, cgroup, namespace or directory', async () => {
    const before = readFileSync('/proc/self/mountinfo', 'utf8');
    const lab = await createLab();
    await lab.host('beside');
    const { pid } = await lab.spawn(['sleep', '600']);
    const traces = tracesOf(lab);
    expect(traces.processes()).toContain(pid);
    expect(traces.leftovers()).not.toEqual([]);
    await lab.dispose();
    expect(traces.processes()).toEqual([]);
    expect(traces.leftovers()).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
  });

  test('comes by itself when its maker is killed', async () => {
    const source = `
      const { createLab } = await import('${checkout}/test/helpers/lab.ts');
      const lab = await createLab();
      const program = await lab.spawn(['setsid', 'sleep', '600']);
      console.log(JSON.stringify({ pid: lab.pid, directory: lab.directory, program: program.pid }));`;
    const maker = spawn(node, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    maker.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    await waitFor('the maker to have its lab', () => said.endsWith('\n'));
    const made = JSON.parse(said) as { pid: number; directory: string; program: number };
    const traces = tracesOf(made);
    expect(traces.processes()).toContain(made.program);
    maker.kill('SIGKILL');
    await waitFor('its processes to end', () => traces.processes().length === 0);
    await waitFor('the rest of it to go', () => traces.leftovers().length === 0);
  });
});
