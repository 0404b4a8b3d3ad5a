/** `netpeek capture`: tcpdump in one or several namespaces, as text or as one pcapng stream. */

import type { Capture } from '../live/capture.ts';
import { startCapture } from '../live/capture.ts';
import { mergePackets } from '../live/merge-packets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import { readFlow } from '../path/read-flow.ts';
import { filterOf, tapsOf } from '../path/taps.ts';
import { traceFlow } from '../path/trace-flow.ts';
import type { System } from '../system/system.ts';
import type { Arguments, Command, CommandContext } from './command.ts';
import type { FoundTarget } from './require-target.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { trace } from './trace.ts';

export const capture: Command = {
  name: 'capture',
  arguments: '<targets...>',
  summary: "tcpdump in each target's namespace, several at once: capture TARGET[/LINK]… [-- FILTER]",
  options: [
    { flags: '--path', description: 'the targets are FROM and TO of a flow: tap each hop of its way' },
    { flags: '-c, --count <n>', description: 'end after n packets of each target' },
    {
      flags: '-w, --write <file>',
      description: "write pcapng instead of text; '-' is stdout, for Wireshark",
    },
  ],
  help: 'Examples:\n  netpeek capture web -- tcp port 80\n  netpeek capture web/eth0 host/docker0 -- icmp\n  netpeek capture web -w - | wireshark -k -i -\n  netpeek capture --path web db:5432         at every hop between them',
  run: async (context, args) => {
    const count = parseCount(args.options.count);
    const system = await context.openSystem();
    system.processes.sweep();
    const snapshot = await takeSnapshot(context, system, {
      sections: args.options.path ? ['links', 'addresses'] : ['links'],
      processes: true,
    });
    const { targets, filter } = await chooseTaps(context, system, snapshot, args);
    const file = typeof args.options.write === 'string' ? args.options.write : undefined;
    const captures: Named[] = [];
    for (const target of targets) {
      const request = {
        ...(target.link ? { link: target.link.name } : {}),
        filter,
        ...(count === undefined ? {} : { count }),
        format: file === undefined ? 'text' : 'pcap',
      } as const;
      captures.push({
        target,
        name: nameOf(target),
        capture: await startCapture(system, target.namespace, request),
      });
    }
    const stopAll = () => {
      for (const { capture: one } of captures) one.stop();
    };
    context.signal.addEventListener('abort', stopAll);
    if (context.signal.aborted) stopAll();
    const follow =
      file === undefined
        ? printLines(context, captures)
        : writePackets(context, system, captures, file, stopAll);
    const ending = Promise.all(captures.map(({ capture: one }) => one.ended));
    // Whatever becomes of the output, no tcpdump is left behind.
    await follow.finally(() => ending);
    return report(context, captures, await ending);
  },
};

type Taps = { readonly targets: readonly FoundTarget[]; readonly filter: string };

/** What was named; or each hop of the flow that was named, and what its packets look like there. */
async function chooseTaps(
  context: CommandContext,
  system: System,
  wiring: Snapshot,
  { positional, options }: Arguments,
): Promise<Taps> {
  const find = (text: string) => requireTarget(wiring, text, system.files);
  const filter = context.passthrough.join(' ');
  if (!options.path) return { targets: positional.map(find), filter };
  const [from, to, ...more] = positional;
  if (from === undefined || more.length > 0)
    throw new UserError(EXIT.usage, '--path takes FROM and TO', 'netpeek capture --path web db:5432');
  const flow = readFlow(wiring, { from, to }, (text) => find(text).namespace);
  const { snapshot, walked } = await trace(system, wiring, undefined, (current, ask) =>
    traceFlow(current, flow, ask),
  );
  const targets = tapsOf(snapshot, walked);
  if (targets.length === 0)
    throw new UserError(EXIT.noTarget, walked.reason ?? 'no link on the way of this flow is known');
  const names = targets.map(({ namespace, link }) => `${namespace.name}/${link.name}`).join(', ');
  const chosen = filter === '' ? filterOf(walked) : filter;
  context.out.note(`netpeek: at ${names}: ${chosen}`);
  return { targets, filter: chosen };
}

type Named = { readonly target: FoundTarget; readonly name: string; readonly capture: Capture };

function nameOf({ namespace, link }: FoundTarget): string {
  return link ? `${namespace.name}/${link.name}` : namespace.name;
}

function parseCount(value: Arguments['options'][string]): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(String(value))) return Number(value);
  throw new UserError(EXIT.usage, `'${value}' is no number of packets`, 'use -c with a whole number from 1');
}

async function printLines({ out, globals }: CommandContext, captures: readonly Named[]): Promise<void> {
  const width = Math.max(...captures.map(({ name }) => name.length));
  const follow = async ({ target, name, capture: one }: Named) => {
    for await (const text of one.lines()) {
      if (globals.json) out.line(JSON.stringify({ target: name, namespace: target.namespace.id, text }));
      else out.line(captures.length === 1 ? text : `${name.padEnd(width)}  ${text}`);
    }
  };
  await Promise.all(captures.map(follow));
}

async function writePackets(
  context: CommandContext,
  system: System,
  captures: readonly Named[],
  file: string,
  stopAll: () => void,
): Promise<void> {
  const sources = captures.map(({ name, capture: one }) => ({ name, packets: one.packets() }));
  try {
    const written = await system.files.writeStream(file, mergePackets(sources));
    context.out.note(`netpeek: ${written} bytes of pcapng written to ${file === '-' ? 'stdout' : file}`);
  } catch (error) {
    stopAll();
    const { code, message } = error as { code?: unknown; message?: string };
    if (code === 'EPIPE') return;
    if (typeof code !== 'string') throw error;
    throw new UserError(EXIT.outside, `cannot write ${file}: ${message}`);
  }
}

function report(
  { out }: CommandContext,
  captures: readonly Named[],
  ends: readonly Awaited<Capture['ended']>[],
): ExitCode {
  let code: ExitCode = EXIT.ok;
  ends.forEach(({ complaint, dropped }, index) => {
    const name = captures[index]?.name ?? '';
    if (complaint !== undefined) {
      const refused = /permission|not permitted/i.test(complaint);
      code = refused ? EXIT.notPermitted : EXIT.outside;
      out.note(`netpeek: capture in ${name}: ${complaint}${refused ? ': run as root' : ''}`);
    } else if (dropped) out.note(`netpeek: capture in ${name}: the kernel dropped ${dropped} packets`);
  });
  return code;
}
