/** `netpeek doctor`: what this machine lets netpeek see, what not, and what to install or grant. */
import { EXIT } from '../model/user-error.ts';
import type { Tone } from '../view/table.ts';
import type { Command } from './command.ts';
import type { Examination, Finding } from './doctor/examination.ts';
import { examineKernel, examineNamespaces, examineNetlink, examineRights } from './doctor/kernel.ts';
import { examineLeftovers, examineSurroundings } from './doctor/surroundings.ts';
import { examineEngine, examineTools } from './doctor/tools.ts';
import { printJson, printLines } from './print.ts';

const examinations: readonly Examination[] = [
  examineRights,
  examineKernel,
  examineSurroundings,
  examineNamespaces,
  examineNetlink,
  examineEngine,
  examineTools,
  examineLeftovers,
];

const TONE: Readonly<Record<Finding['state'], Tone>> = { ok: 'good', warn: 'warn', missing: 'bad' };

export const doctor: Command = {
  name: 'doctor',
  summary: 'what this machine lets netpeek see, what not, and what to install or grant',
  help: 'Exit codes: 0 what netpeek needs is there, 4 something essential is missing.',
  run: async (context) => {
    const system = await context.openSystem();
    const findings: Finding[] = [];
    for (const examine of examinations) findings.push(...(await examine(system, context)));
    if (context.globals.json)
      printJson(context, 'doctor', { takenAt: system.clock.now().toISOString(), gaps: [] }, { findings });
    else {
      const width = Math.max(...findings.map(({ name }) => name.length));
      printLines(
        context,
        findings.flatMap(({ name, state, detail, advice }) => [
          { text: `${state.padEnd('missing'.length)}  ${name.padEnd(width)}  ${detail}`, tone: TONE[state] },
          ...(advice === undefined
            ? []
            : [{ text: `${' '.repeat('missing'.length + width + 4)}→ ${advice}`, tone: 'normal' as const }]),
        ]),
      );
    }
    const lacking = findings.some(({ state, essential }) => state === 'missing' && essential);
    return lacking ? EXIT.notPermitted : EXIT.ok;
  },
};
