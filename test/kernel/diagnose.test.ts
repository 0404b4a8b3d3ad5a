/** Faults that are really there, on a host made by hand: each is named by its cause, and the kernel agrees that nothing arrives. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { base, type Flow, faults, healthy } from '../helpers/diagnosis-cases.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await createLab();
  await lab.ok(base);
  await serve('c2', '0.0.0.0:80');
  await waitFor('ports to forward', async () => {
    const links: readonly { state?: string }[] = JSON.parse(await lab.ok(['bridge', '-j', 'link']));
    return links.every(({ state }) => state === 'forwarding');
  });
});
afterEach(() => lab.dispose());

describe('on a host made by hand', () => {
  test('nothing is blamed on ways that work', async () => {
    for (const flow of healthy) {
      expect(await arrives(flow), `${flow.from} → ${flow.to}`).toBe(true);
      const { diagnosis, exitCode } = await diagnose(flow);
      expect({ causes: diagnosis.causes, verdict: diagnosis.verdict, exitCode }, flow.to).toEqual({
        causes: [],
        verdict: 'works',
        exitCode: 0,
      });
    }
  });

  test.each(faults)('$id: $what', async ({ id, inject, passes = false, ...flow }) => {
    await lab.ok(inject);
    expect(await arrives(flow)).toBe(passes);
    const { diagnosis, exitCode } = await diagnose(flow);
    const told = JSON.stringify(diagnosis, null, 1);
    expect(diagnosis.causes[0]?.id, told).toBe(id);
    expect({ verdict: diagnosis.verdict, exitCode }, told).toEqual({
      verdict: passes ? 'degraded' : 'broken',
      exitCode: 1,
    });
    // What was tried has left its marks in neighbour tables, FDB and connection tracking: the cause stays the same.
    const { diagnosis: again } = await diagnose(flow);
    expect(again.causes[0]?.id, JSON.stringify(again, null, 1)).toBe(id);
  });

  test('svc-listens-loopback: the server is bound to 127.0.0.1', async () => {
    await serve('c3', '127.0.0.1:8000');
    const flow = { from: 'c1', to: 'c3:8000' };
    expect(await arrives({ from: 'c1', to: '172.18.0.2:8000' })).toBe(false);
    const { diagnosis, exitCode } = await diagnose(flow);
    expect(diagnosis.causes.map(({ id }) => id)).toEqual(['svc-listens-loopback']);
    expect(exitCode).toBe(1);
  });
});

async function diagnose({ from, to }: Flow) {
  const finished = withoutStack(await lab.netpeek(['diagnose', from, to, '--json', '--no-live']));
  return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
}

/** Whether the kernel carries it there and back: an echo, or a connection. */
async function arrives({ from, to }: Flow): Promise<boolean> {
  const [, target = to, port] = /^([^:]+):(\d+)$/.exec(to) ?? [];
  const address = target === 'c2' ? '172.17.0.3' : target;
  const inside = from === 'host' ? [] : ['ip', 'netns', 'exec', from];
  const attempt =
    port === undefined
      ? ['ping', '-n', '-c1', '-W1', address]
      : ['busybox', 'nc', '-w', '1', address, port, '-e', 'true'];
  const { exitCode } = await lab.run([...inside, ...attempt]);
  return exitCode === 0;
}

async function serve(namespace: string, at: string): Promise<void> {
  await lab.spawn(['ip', 'netns', 'exec', namespace, 'busybox', 'httpd', '-f', '-p', at]);
  await waitFor(`a server at ${at}`, async () =>
    (await lab.ok(['ip', 'netns', 'exec', namespace, 'ss', '-ltnH'])).includes(at),
  );
}
