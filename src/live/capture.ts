/** One running tcpdump in one namespace. */
import { readLines } from '../../probes/streams/lines.ts';
import {
  type CaptureRequest,
  parseComplaint,
  parseDropped,
  tcpdumpCommand,
} from '../../probes/streams/tcpdump.ts';
import { cleanText } from '../model/clean-text.ts';
import type { Namespace } from '../model/namespace.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { Running, System } from '../system/system.ts';
import { enterNamespace } from './enter.ts';

export type CaptureEnd = {
  /** As tcpdump counted; absent when it said nothing. */
  readonly dropped?: number;
  /** tcpdump's own words, when it could not capture or had to stop. */
  readonly complaint?: string;
};

export type Capture = {
  /** What was run, for people who want to do it by hand. */
  readonly command: readonly string[];
  /** Lines, safe to print; only for the `text` format. */
  readonly lines: () => AsyncIterable<string>;
  /** The pcap stream; only for the `pcap` format. */
  readonly packets: () => AsyncIterable<Uint8Array>;
  /** Asks tcpdump how many packets were dropped; the answer comes through `onDropped`. */
  readonly askDropped: () => void;
  /** tcpdump finishes what it has and ends. */
  readonly stop: () => void;
  readonly ended: Promise<CaptureEnd>;
};

/** stderr kept for a complaint; a report of tcpdump is a few lines. */
const STDERR_LIMIT = 4_096;

/** Starts tcpdump in the namespace. Throws `UserError` where it is not installed or the namespace cannot be entered. */
export async function startCapture(
  system: System,
  namespace: Namespace,
  request: CaptureRequest,
  onDropped: (dropped: number) => void = () => {},
): Promise<Capture> {
  const command = tcpdumpCommand(request);
  const handle = enterNamespace(system, namespace);
  const running = await start(system, command, handle).finally(handle.close);
  const report = readReport(running, onDropped);
  return {
    command,
    lines: async function* () {
      for await (const line of readLines(running.stdout)) yield cleanText(line);
    },
    packets: () => running.stdout,
    askDropped: () => running.signal('SIGUSR1'),
    stop: () => running.signal('SIGINT'),
    ended: Promise.all([running.ended, report]).then(([, end]) => end),
  };
}

async function start(
  system: System,
  argv: [string, ...string[]],
  namespace: ReturnType<typeof enterNamespace>,
) {
  try {
    return await system.processes.start({ argv, namespace });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    throw new UserError(EXIT.notPermitted, 'tcpdump is not installed', 'apt install tcpdump');
  }
}

async function readReport(running: Running, onDropped: (dropped: number) => void): Promise<CaptureEnd> {
  let text = '';
  let dropped: number | undefined;
  for await (const line of readLines(running.stderr)) {
    const count = parseDropped(line);
    if (count !== undefined) {
      dropped = count;
      onDropped(count);
    }
    if (text.length < STDERR_LIMIT) text += `${line}\n`;
  }
  const complaint = parseComplaint(text);
  return { ...(dropped === undefined ? {} : { dropped }), ...(complaint === undefined ? {} : { complaint }) };
}
