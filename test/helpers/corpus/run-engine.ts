/** Cases on hosts with a real engine: one host for a row of them, each fault taken out again before the next is put in. */
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import { Random } from '../agreement/random.ts';
import type { DockerVersion } from '../docker.ts';
import {
  change,
  chooseInjection,
  type EngineFault,
  type EngineFlow,
  type EngineHost,
  engineFaults,
  engineFlows,
  engineFlowWorks,
  startEngineHost,
} from './engine-host.ts';
import { readHostState } from './host-state.ts';
import { judge } from './judge.ts';
import { type Asked, type CaseResult, difference } from './run-case.ts';

export type EngineRan = { readonly name: string; readonly flow: EngineFlow; readonly result: CaseResult };

export type EngineRequest = {
  readonly version: DockerVersion;
  readonly seed: number;
  readonly cases: number;
  readonly live: boolean;
  readonly progress: (ran: EngineRan) => void;
};

/** As many cases as wanted on one host; every seventh has no fault. */
export async function runEngineCases(request: EngineRequest): Promise<readonly EngineRan[]> {
  const { version, seed, cases, live, progress } = request;
  const random = new Random(seed);
  const host = await startEngineHost(version);
  try {
    const ran: EngineRan[] = [];
    for (let index = 0; index < cases; index += 1) {
      const fault = random.chance(15) ? undefined : random.pick(engineFaults);
      const flow = fault ?? random.pick(engineFlows);
      const { inject, mend } = chooseInjection(random, fault ?? {});
      await change(host, inject);
      const result = await runOne(host, fault, flow, live);
      await change(host, mend);
      const one = { name: fault?.id ?? '(healthy)', flow, result };
      ran.push(one);
      progress(one);
    }
    return ran;
  } finally {
    await host.lab.dispose();
  }
}

async function runOne(
  host: EngineHost,
  fault: EngineFault | undefined,
  flow: EngineFlow,
  live: boolean,
): Promise<CaseResult> {
  const { lab } = host;
  const neighbours = Object.values(host.pids).map((pid) => `nsenter -t ${pid} -n ip neigh flush all`);
  await lab.ok(['ip neigh flush all', ...neighbours].join('\n'));
  const works = await engineFlowWorks(host, flow);
  if (works === (fault !== undefined))
    return {
      kind: 'thrown-away',
      why: works ? 'it works with the fault' : 'it does not work without a fault',
    };
  const before = await readHostState(lab);
  const still = await ask(host, fault, flow, '--no-live');
  const proven = live ? await ask(host, fault, flow) : undefined;
  const leftovers = difference(before, await readHostState(lab));
  return { kind: 'asked', still, ...(proven ? { live: proven } : {}), leftovers };
}

async function ask(
  { lab }: EngineHost,
  fault: EngineFault | undefined,
  { from, to }: EngineFlow,
  ...more: readonly string[]
): Promise<Asked> {
  const started = performance.now();
  const diagnosis = await lab.netpeekJson<Diagnosis>(['diagnose', from, to, ...more]);
  const seconds = (performance.now() - started) / 1000;
  return { ...judge(diagnosis, { faults: fault ? [{ kind: fault }] : [] }), diagnosis, seconds };
}
