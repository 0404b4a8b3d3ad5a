import { buildScenario, runSteps } from '../lab/build.ts';
import { hideRun, runIsolated } from '../lab/isolate.ts';
import { startActors } from '../lab/play.ts';
import type { Fault, Scenario } from '../lab/scenario.ts';
import type { ExitCode } from '../model/user-error.ts';
import type { Command, CommandContext } from './command.ts';
import { findFault, findScenario } from './find-scenario.ts';

const FAULT_OPTION = {
  flags: '--fault <name>',
  description: "break it in this way first (see 'netpeek lab show')",
};
const HELP =
  'Everything is built in private namespaces and is gone when it ends; nothing outside is touched.\n\nExample:\n  netpeek lab run bridge-forward --fault no-masquerade -- netpeek diagnose ns3';

export const labRun: Command = {
  name: 'lab run',
  arguments: '<name>',
  summary: 'builds a practice network and opens netpeek on it, or runs what stands behind -- inside it',
  options: [FAULT_OPTION],
  help: HELP,
  run: async (context, { positional: [name = ''], options }) => runLab(context, name, options.fault),
};

export const demo: Command = {
  name: 'demo',
  summary: 'opens netpeek on a practice network; needs no Docker and touches nothing outside',
  options: [FAULT_OPTION],
  help: HELP,
  run: async (context, { options }) => runLab(context, 'bridge-forward', options.fault),
};

/** The second half of `lab run`, already inside the private namespaces. */
export const labInside: Command = {
  name: 'lab-inside',
  arguments: '<name> [fault]',
  summary: 'builds a practice network right here',
  hidden: true,
  run: async (context, { positional: [name = '', fault] }) => {
    const scenario: Scenario = findScenario(name);
    const broken: Fault | undefined = fault === undefined ? undefined : findFault(scenario, fault);
    const system = await context.openSystem();
    await hideRun(system);
    await buildScenario(system, scenario);
    await startActors(system, scenario, context.self);
    if (broken) await runSteps(system, broken.inject);
    const [file, ...args] =
      context.passthrough[0] === 'netpeek'
        ? [...context.self, ...context.passthrough.slice(1)]
        : context.passthrough;
    const argv: [string, ...string[]] = file === undefined ? [...context.self] : [file, ...args];
    const { exitCode } = await system.processes.hand({ argv, signal: context.signal });
    return exitCode as ExitCode;
  },
};

async function runLab(context: CommandContext, name: string, fault: unknown): Promise<ExitCode> {
  const scenario = findScenario(name);
  const words = typeof fault === 'string' ? [findFault(scenario, fault).name] : [];
  const system = await context.openSystem();
  const inside = [...context.self, 'lab-inside', name, ...words, '--', ...context.passthrough];
  const { exitCode } = await runIsolated(system, inside, context.signal);
  return exitCode as ExitCode;
}
