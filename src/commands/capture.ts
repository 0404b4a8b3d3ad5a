/** `netpeek capture`: tcpdump in one or several namespaces, as text or as one pcapng stream. */

import type { Capture } from '../live/capture.ts';
import { startCapture } from '../live/capture.ts';
import { mergePackets } from '../live/merge-packets.ts';
import { EXIT, type ExitCode, UserError } from '../model/user-error.ts';
import type { System } from '../system/system.ts';
import type { Arguments, Command, CommandContext } from './command.ts';
import type { FoundTarget } from './require-target.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

export const capture: Command = {
  name: 'capture',
  arguments: '<targets...>',
  summary: "tcpdump in each target's namespace, several at once: capture TARGET[/LINK]… [-- FILTER]",
  options: [
    { flags: '-c, --count <n>', description: 'end after n packets of each target' },
    {
      flags: '-w, --write <file>',
      description: "write pcapng instead of text; '-' is stdout, for Wireshark",
    },
  ],
  help: 'Examples:\n  netpeek capture web -- tcp port 80\n  netpeek capture web/eth0 host/docker0 -- icmp\n  netpeek capture web -w - | wireshark -k -i -',
  run: async (context, args) => {
    const count = parseCount(args.options.count);
    const system = await context.openSystem();
    system.processes.sweep();
    const snapshot = await takeSnapshot(context, system, { sections: ['links'], processes: true });
    const targets = args.positional.map((text) => requireTarget(snapshot, text, system.files));
    const file = typeof args.options.write === 'string' ? args.options.write : undefined;
    const captures: Named[] = [];
    for (const target of targets) {
      const request = {
        ...(target.link ? { link: target.link.name } : {}),
        filter: context.passthrough.join(' '),
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
