/** `netpeek diagnose`: why a packet does not arrive. */

import { diagnose as diagnoseFlow } from '../checks/diagnose.ts';
import { deepenForPath } from '../discover/deepen.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { findNamespace } from '../model/snapshot.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { formatDiagnosis } from '../view/diagnosis-lines.ts';
import { gapsOf } from '../view/json/document.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printLines } from './print.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Cells to wrap at where stdout is no terminal. */
const PLAIN_COLUMNS = 100;
const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;

export const diagnose: Command = {
  name: 'diagnose',
  arguments: '<from> [to]',
  fromFile: true,
  summary: 'why FROM does or does not reach TO (IP[:PORT]; absent: the internet)',
  options: [
    {
      flags: '--proto <proto>',
      description: 'tcp, udp or icmp (default: tcp with a port, else icmp)',
      values: PROTOCOLS,
    },
    { flags: '--no-live', description: 'send nothing and change nothing (this version never does)' },
  ],
  help: 'Exit codes: 0 traffic works, 1 a problem was found or nothing could be decided.',
  run: async (context, { positional: [from = '', to], options }) => {
    const proto = PROTOCOLS.find((known) => known === options.proto);
    if (options.proto !== undefined && !proto)
      throw new UserError(
        EXIT.usage,
        `'${options.proto}' is no protocol`,
        `choose from ${PROTOCOLS.join(', ')}`,
      );
    const system = await context.openSystem();
    const wiring = await takeSnapshot(context, system, { sections: ['links', 'addresses'], processes: true });
    const { namespace } = requireTarget(wiring, from, system.files);
    const snapshot = (await context.saved()) ?? (await deepenForPath(system, wiring, namespace));
    const request = {
      from: findNamespace(snapshot, namespace.id) ?? namespace,
      fromText: from,
      ...(to === undefined ? {} : { to }),
      ...(proto === undefined ? {} : { proto }),
    };
    const diagnosis: Diagnosis = diagnoseFlow(snapshot, request);
    const gaps = gapsOf(
      snapshot,
      snapshot.namespaces.filter(({ id, kind }) => id === namespace.id || kind === 'host'),
    );
    if (context.globals.json) printJson(context, 'diagnose', { ...snapshot, gaps }, diagnosis);
    else {
      printLines(context, formatDiagnosis(diagnosis, context.out.columns ?? PLAIN_COLUMNS));
      printGaps(context, snapshot, gaps);
    }
    return diagnosis.verdict === 'works' ? EXIT.ok : EXIT.problem;
  },
};
