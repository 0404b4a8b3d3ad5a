/** Builds a practice network in the namespaces that `isolate.ts` made for it. Nothing outside of them is touched. */
import { NETNS_DIRECTORY, OWN_NAMESPACE } from '../model/nsfs.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { type System, SystemError } from '../system/system.ts';
import type { Scenario, Step } from './scenario.ts';

const PACKAGES: Readonly<Record<string, string>> = { ip: 'iproute2', iptables: 'iptables', sysctl: 'procps' };

/** Makes the namespaces and runs every step in order. Throws `UserError` at the first that fails. */
export async function buildScenario(system: System, scenario: Scenario): Promise<void> {
  await runStep(system, { in: 'host', run: 'ip link set lo up' });
  for (const name of scenario.namespaces) {
    await runStep(system, { in: 'host', run: `ip netns add ${name}` });
    await runStep(system, { in: name, run: 'ip link set lo up' });
  }
  await runSteps(system, scenario.steps);
}

/** Runs steps of a scenario, or of one of its faults. */
export async function runSteps(system: System, steps: readonly Step[]): Promise<void> {
  for (const step of steps) await runStep(system, step);
}

async function runStep(system: System, step: Step): Promise<void> {
  const [program = '', ...args] = step.run.split(' ');
  const handle = system.namespaces.open(namespacePath(step.in));
  try {
    const { exitCode, stderr } = await system.processes.run({ argv: [program, ...args], namespace: handle });
    if (exitCode !== 0)
      throw new UserError(EXIT.notPermitted, `'${step.run}' failed in ${step.in}: ${stderr.trim()}`);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOENT') throw error;
    const advice = `apt install ${PACKAGES[program] ?? program}`;
    throw new UserError(
      EXIT.notPermitted,
      `practice networks need '${program}', which is not installed`,
      advice,
    );
  } finally {
    handle.close();
  }
}

/** The file that leads to a namespace of the lab. */
export function namespacePath(name: string): string {
  return name === 'host' ? OWN_NAMESPACE : `${NETNS_DIRECTORY}/${name}`;
}
