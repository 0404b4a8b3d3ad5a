/** `netpeek diagnose`: why a packet does not arrive. */

import { diagnose as diagnoseFlow } from '../checks/diagnose.ts';
import { EXIT } from '../model/user-error.ts';
import { PROTOCOLS } from '../path/read-flow.ts';
import { formatDiagnosis } from '../view/diagnosis-lines.ts';
import { gapsOf } from '../view/json/document.ts';
import type { Command } from './command.ts';
import { runFirstRound } from './first-round.ts';
import { printGaps, printJson, printLines } from './print.ts';
import { proveDiagnosis } from './prove-diagnosis.ts';
import { requireTarget } from './require-target.ts';
import {
  type Destination,
  type Diagnosed,
  type ResolveContext,
  resolveDestination,
} from './resolve-destination.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trace } from './trace.ts';

/** Cells to wrap at where stdout is no terminal. */
const PLAIN_COLUMNS = 100;

export const diagnose: Command = {
  name: 'diagnose',
  arguments: '[from] [to]',
  fromFile: true,
  summary: 'why FROM does or does not reach TO (absent: the internet); without FROM, a first round over all',
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
  help: 'Without FROM it makes a first round: every way out and every published port, what is found told by weight. Nothing\nis sent for that.\n\nAs root it proves what it says on the wire: up to three probes from FROM, watched on every link and by every rule of\nthe way. What is made for it is told on stderr, and goes with netpeek.\n\nExit codes: 0 traffic works, or a first round found nothing to mend; 1 a problem was found, or something\ncould not be decided.',
  run: async (context, { positional: [from, to], options }) => {
    if (from === undefined) return runFirstRound(context, options);
    const proto = typeof options.proto === 'string' ? options.proto : undefined;
    const system = await context.openSystem();
    const saved = await context.saved();
    const wiring =
      saved ?? (await takeSnapshot(context, system, { sections: ['links', 'addresses'], processes: true }));
    const find = (text: string) => requireTarget(wiring, text, system.files).namespace;
    const isLive = options.live !== false && !saved && context.globals.replay === undefined;
    const resolving = { ...context, system, wiring, saved, find, isLive };
    const destination = await resolveDestination(resolving, { from, to, proto });
    const { snapshot, diagnosis } =
      'diagnosis' in destination ? destination : await diagnoseWay(resolving, destination);
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

/** The way of the packet, and its proof. */
async function diagnoseWay(context: ResolveContext, { request, name }: Destination): Promise<Diagnosed> {
  const { system, wiring, saved, isLive } = context;
  const { snapshot, walked } = await trace(system, wiring, saved, (current, ask) =>
    diagnoseFlow(current, request, ask),
  );
  const diagnosis = isLive
    ? await proveDiagnosis(context, system, snapshot, { request, diagnosed: walked })
    : walked.diagnosis;
  return { snapshot, diagnosis: name ? { ...diagnosis, name } : diagnosis };
}
