/**
 * Faults on a real engine's host: what the engine wants is there, what the kernel has is not, or what is lost is lost by
 * design. diagnose names which; what works is not blamed.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import {
  change,
  type EngineHost,
  engineFaults,
  engineFlows,
  startEngineHost,
} from '../helpers/corpus/engine-host.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe.each(['20.10', '28'] as const)('with Docker %s', (version) => {
  let host: EngineHost;
  let restore: string | undefined;

  beforeAll(async () => {
    host = await startEngineHost(version);
  });
  afterAll(() => host.lab.dispose());
  afterEach(async () => {
    await change(host, restore ?? 'true');
    restore = undefined;
  });

  const diagnose = async (from: string, to: string) => {
    const finished = withoutStack(await host.lab.netpeek(['diagnose', from, to, '--json', '--no-live']));
    return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
  };

  test.each(engineFlows)('$from reaches $to', async ({ from, to }) => {
    const { diagnosis, exitCode } = await diagnose(from, to);
    expect({ verdict: diagnosis.verdict, causes: diagnosis.causes, exitCode }).toEqual({
      verdict: 'works',
      causes: [],
      exitCode: 0,
    });
  });

  test('the address of a container itself is open to the outside before Docker 28, and closed since', async () => {
    restore = 'ip -n outside route del 172.17.0.0/16';
    await change(host, 'ip -n outside route add 172.17.0.0/16 via 192.0.2.2');
    const { diagnosis } = await diagnose('outside', '172.17.0.2:80');
    expect(diagnosis.causes.map(({ id }) => id)).toEqual(version === '28' ? ['docker28-direct-drop'] : []);
    expect(diagnosis.verdict).toBe(version === '28' ? 'broken' : 'works');
  });

  test('a host end without a master is named from the neighbour as well', async () => {
    restore = 'ip link set $VETH master docker0';
    await change(host, 'ip link set $VETH nomaster');
    const { diagnosis } = await diagnose('client', 'web:80');
    expect(diagnosis.causes[0]?.id).toBe('veth-not-enslaved');
  });

  test.each(engineFaults)('$id: $what', async ({ id, inject = [], mend = [], from, to }) => {
    restore = mend[0];
    await change(host, inject[0] ?? 'true');
    const { diagnosis, exitCode } = await diagnose(from, to);
    const told = JSON.stringify(diagnosis, null, 1);
    expect(diagnosis.causes[0]?.id, told).toBe(id);
    expect({ verdict: diagnosis.verdict, exitCode }, told).toEqual({ verdict: 'broken', exitCode: 1 });
  });
});
