/** `netpeek path`: what this host does with a packet, hop by hop, there and back. */
import { EXIT, UserError } from '../model/user-error.ts';
import { PROTOCOLS, readFlow } from '../path/read-flow.ts';
import { traceFlow } from '../path/trace-flow.ts';
import { gapsOf } from '../view/json/document.ts';
import { formatPath } from '../view/path-lines.ts';
import type { Command } from './command.ts';
import { printGaps, printJson, printLines } from './print.ts';
import { requireTarget } from './require-target.ts';
import { resolveDestination } from './resolve-destination.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trace } from './trace.ts';

/** Cells to wrap at where stdout is no terminal. */
const PLAIN_COLUMNS = 100;

export const path: Command = {
  name: 'path',
  arguments: '<from> <to>',
  fromFile: true,
  summary: 'what this host does with that packet, hop by hop, there and back',
  options: [
    {
      flags: '--proto <proto>',
      description: 'tcp, udp or icmp (default: tcp with a port, else icmp)',
      values: PROTOCOLS,
    },
  ],
  help: 'FROM is a target or an address outside this host, TO a target, an address or `internet`, with a port behind a colon.\n\nExamples:\n  netpeek path web internet             the way out of a container\n  netpeek path web db:5432              from container to container\n  netpeek path 192.0.2.10 host:8080     a published port, from outside',
  run: async (context, { positional: [from = '', to = ''], options }) => {
    const proto = typeof options.proto === 'string' ? options.proto : undefined;
    const system = await context.openSystem();
    const saved = await context.saved();
    const wiring =
      saved ?? (await takeSnapshot(context, system, { sections: ['links', 'addresses'], processes: true }));
    const find = (text: string) => requireTarget(wiring, text, system.files).namespace;
    const resolving = { ...context, system, wiring, saved, find, isLive: false };
    const destination = await resolveDestination(resolving, { from, to, proto });
    if ('diagnosis' in destination) {
      // One word alone is rather a target that is mistyped.
      if (!to.includes('.')) readFlow(wiring, { from, to, proto }, find);
      throw new UserError(
        EXIT.noTarget,
        `nothing here is called '${to}', and as the name of a host it was not resolved: path sends nothing`,
        `name an address, or ask 'netpeek diagnose'`,
      );
    }
    const flow = destination.request;
    const { snapshot, walked } = await trace(system, wiring, saved, (current, ask) =>
      traceFlow(current, flow, ask),
    );
    if (!walked.trip)
      throw new UserError(EXIT.noTarget, walked.reason ?? 'this flow does not touch this host');
    const { verdict, hops, reply } = walked.trip;
    const passed = new Set([...hops, ...reply].map(({ namespace }) => namespace));
    const gaps = gapsOf(
      snapshot,
      snapshot.namespaces.filter(({ name }) => passed.has(name)),
    );
    if (context.globals.json)
      printJson(context, 'path', { ...snapshot, gaps }, { flow: walked.flow, verdict, hops, reply });
    else {
      printLines(
        context,
        formatPath({ flow: walked.flow, verdict, hops, reply }, context.out.columns ?? PLAIN_COLUMNS),
      );
      printGaps(context, snapshot, gaps);
    }
    return verdict === 'broken' ? EXIT.problem : EXIT.ok;
  },
};
