import { scenarios } from '../lab/index.ts';
import type { Fault, Scenario } from '../lab/scenario.ts';
import { EXIT, UserError } from '../model/user-error.ts';

/** The practice network of this name. Throws `UserError` that lists them. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found) return found;
  throw new UserError(
    EXIT.noTarget,
    `there is no practice network '${name}'`,
    `choose from ${scenarios.map((one) => one.name).join(', ')}`,
  );
}

/** The fault of this name. Throws `UserError` that lists them. */
export function findFault(scenario: Scenario, name: string): Fault {
  const found = scenario.faults.find((fault) => fault.name === name || fault.cause === name);
  if (found) return found;
  throw new UserError(
    EXIT.noTarget,
    `${scenario.name} has no fault '${name}'`,
    `choose from ${scenario.faults.map((one) => one.name).join(', ')}`,
  );
}
