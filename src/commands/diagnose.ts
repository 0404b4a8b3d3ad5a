/** `netpeek diagnose`: why a packet does not arrive. */

import { diagnose as diagnoseFlow } from '../checks/diagnose.ts';
import { EXIT } from '../model/user-error.ts';
import { PROTOCOLS, readFlow } from '../path/read-flow.ts';
import { formatDiagnosis } from '../view/diagnosis-lines.ts';
import { gapsOf } from '../view/json/document.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printLines } from './print.ts';
import { proveDiagnosis } from './prove-diagnosis.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trace } from './trace.ts';

/** Cells to wrap at where stdout is no terminal. */
const PLAIN_COLUMNS = 100;

export const diagnose: Command = {
  name: 'diagnose',
  arguments: '<from> [to]',
  fromFile: true,
  summary: 'why FROM does or does not reach TO (absent: the internet)',
  options: [
    {
      flags: '--proto <proto>',
      description: 'tcp, udp or icmp (default: tcp with a port, else icmp)',
      values: PROTOCOLS,
    },
    {
      flags: '--no-live',
      description: 'send nothing and change nothing: say what was read, without a proof',
    },
  ],
  help: 'As root it proves what it says on the wire: up to three probes from FROM, watched on every link and by every rule of\nthe way. What is made for it is told on stderr, and goes with netpeek.\n\nExit codes: 0 traffic works, 1 a problem was found or nothing could be decided.',
  run: async (context, { positional: [from = '', to], options }) => {
    const proto = typeof options.proto === 'string' ? options.proto : undefined;
    const system = await context.openSystem();
    const saved = await context.saved();
    const wiring =
      saved ?? (await takeSnapshot(context, system, { sections: ['links', 'addresses'], processes: true }));
    const find = (text: string) => requireTarget(wiring, text, system.files).namespace;
    const flow = readFlow(wiring, { from, to, proto }, find);
    const { snapshot, walked } = await trace(system, wiring, saved, (current, ask) =>
      diagnoseFlow(current, flow, ask),
    );
    const isLive = options.live !== false && !saved && context.globals.replay === undefined;
    const diagnosis = isLive
      ? await proveDiagnosis(context, system, snapshot, { request: flow, diagnosed: walked })
      : walked.diagnosis;
    const passed = new Set(diagnosis.hops.map(({ namespace }) => namespace));
    const gaps = gapsOf(
      snapshot,
      snapshot.namespaces.filter(({ name }) => passed.has(name)),
    );
    if (context.globals.json) printJson(context, 'diagnose', { ...snapshot, gaps }, diagnosis);
    else {
      printLines(context, formatDiagnosis(diagnosis, context.out.columns ?? PLAIN_COLUMNS));
      printGaps(context, snapshot, gaps);
    }
    return diagnosis.verdict === 'works' ? EXIT.ok : EXIT.problem;
  },
};
