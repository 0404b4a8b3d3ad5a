/** `netpeek lab show`: a practice network as its story, its commands and its faults. */
import { EXIT } from '../model/user-error.ts';
import type { Command } from './command.ts';
import { findScenario } from './find-scenario.ts';

export const labShow: Command = {
  name: 'lab show',
  arguments: '<name>',
  summary: 'what a practice network shows, its faults, and the commands that build it',
  run: async ({ out, globals }, { positional: [name = ''] }) => {
    const scenario = findScenario(name);
    if (globals.json) {
      out.line(JSON.stringify(scenario));
      return EXIT.ok;
    }
    const { title, story, steps, faults, namespaces } = scenario;
    out.line(title);
    for (const sentence of story) out.line(`  ${sentence}`);
    out.line('');
    out.line(`Namespaces: host, ${namespaces.join(', ')}`);
    for (const step of steps) out.line(`  ${step.in.padEnd(8)}  ${step.run}`);
    out.line('');
    out.line('Faults:');
    for (const fault of faults) out.line(`  ${fault.name.padEnd(16)}  ${fault.title} (${fault.cause})`);
    return EXIT.ok;
  },
};
