/** Practice networks: they work, each fault is found by its cause, and nothing of them is left. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarios } from '../../src/lab/index.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { withoutStack } from '../helpers/without-stack.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.dispose());

/** Everything a practice network could leave: processes, mounts, namespaces, links, names. */
const picture = () =>
  lab.ok(`
    ps -eo comm= | grep -vx -e ps -e sh -e grep -e sort | sort
    cut -d' ' -f3- /proc/self/mountinfo
    lsns --noheadings --output NS,TYPE | sort -u
    ip -j link
    iptables-save
    find /run | sort`);

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'practice network %s',
  (name, scenario) => {
    const diagnose = async (...fault: readonly string[]) => {
      const { from, to } = scenario.flow;
      const inside = ['netpeek', 'diagnose', from, to, '--json', '--no-live'];
      const finished = withoutStack(await lab.netpeek(['lab', 'run', name, ...fault, '--', ...inside]));
      return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
    };

    test('is not blamed while nothing is broken', async () => {
      const { diagnosis } = await diagnose();
      expect(diagnosis.causes).toEqual([]);
      expect(diagnosis.verdict).toMatch(/works|undecided/);
    });

    test.each(scenarios.flatMap((one) => (one === scenario ? one.faults : [])))(
      'with $name is diagnosed as $cause',
      async ({ name: fault, cause }) => {
        const { diagnosis, exitCode } = await diagnose('--fault', fault);
        expect(diagnosis.verdict).toBe('broken');
        expect(diagnosis.causes[0]?.id).toBe(cause);
        expect(exitCode).toBe(1);
      },
    );

    test('carries what its story tells: the visitor is answered', async () => {
      const { from, to } = scenario.flow;
      const visit = `until busybox nc -w 2 ${to.replace(':', ' ')} </dev/null | grep .; do :; done`;
      const inside = ['ip', 'netns', 'exec', from, 'sh', '-c', visit];
      const { stdout } = await lab.netpeek(['lab', 'run', name, '--', ...inside], { timeoutMs: 20_000 });
      expect(stdout).toContain('hello');
    });

    test('shows the commands that build it', async () => {
      const { stdout, exitCode } = await lab.netpeek(['lab', 'show', name]);
      expect(exitCode).toBe(0);
      for (const { run } of scenario.steps) expect(stdout).toContain(run);
      for (const { cause } of scenario.faults) expect(stdout).toContain(cause);
    });

    test('leaves no process, mount, namespace, link or file', async () => {
      const before = await picture();
      await diagnose();
      expect(await picture()).toBe(before);
    });

    test('ends whole when it is told to', async () => {
      const before = await picture();
      const running = await lab.spawn([
        node,
        program,
        'lab',
        'run',
        name,
        '--',
        'sh',
        '-c',
        'echo up; exec sleep 600',
      ]);
      await running.waitForOutput(/up/);
      expect(await picture()).not.toBe(before);
      withoutStack(await running.stop('SIGTERM'));
      expect(await picture()).toBe(before);
    });
  },
);

describe('a recording', () => {
  test('replayed gives the very document that was recorded', async () => {
    await lab.ok(`
      ip netns add blue
      ip link add to-blue type veth peer name eth0 netns blue
      ip addr add 10.3.0.1/24 dev to-blue`);
    const file = `${lab.directory}/recording.json`;
    for (const args of [
      ['ls', '--all'],
      ['veth'],
      ['show', 'blue', 'links', 'routes', 'neighbours', 'nat'],
    ]) {
      const live = await lab.netpeek(['--record', file, ...args, '--json']);
      expect(live.stdout).toContain('to-blue'.slice(3));
      const replayed = withoutStack(await lab.netpeek(['--replay', file, ...args, '--json']));
      expect(replayed).toEqual(live);
    }
  });

  test('can be read by somebody else on another machine, without root', async () => {
    const file = `${lab.directory}/recording.json`;
    const live = await lab.netpeek(['--record', file, 'ls', '--json']);
    const elsewhere = await createLab();
    await lab.ok(['chmod', '644', file]);
    await elsewhere.ok(['sh', '-c', 'cat > /run/recording.json'], { input: await lab.ok(['cat', file]) });
    expect((await elsewhere.netpeek(['--replay', '/run/recording.json', 'ls', '--json'])).stdout).toBe(
      live.stdout,
    );
    await elsewhere.dispose();
  });
});
