/** tcpdump as a stream: the command to run, its lines, and what it says at its end (tcpdump(8)). */
import { cleanText, originalName } from '../../src/model/clean-text.ts';

export type CaptureRequest = {
  /** Absent: every link of the namespace. */
  readonly link?: string;
  /** A pcap filter (pcap-filter(7)); empty for everything. */
  readonly filter: string;
  /** Ends after so many packets. */
  readonly count?: number;
  /** `text` for lines, `pcap` for packets on stdout. */
  readonly format: 'text' | 'pcap';
};

/** The command line; the filter stands behind `--`, so that it can never be an option. */
export function tcpdumpCommand({ link, filter, count, format }: CaptureRequest): [string, ...string[]] {
  return [
    'tcpdump',
    // Packets are shown as they come, not when the kernel's buffer is full.
    '--immediate-mode',
    '-n',
    '-i',
    link === undefined ? 'any' : (originalName(link) ?? link),
    ...(format === 'pcap' ? ['-U', '-w', '-'] : ['-l']),
    ...(count === undefined ? [] : ['-c', String(count)]),
    '--',
    ...(filter === '' ? [] : [filter]),
  ];
}

/** Packets the kernel dropped, from the summary on stderr (also printed on SIGUSR1); undefined where the line is another. */
export function parseDropped(line: string): number | undefined {
  const [, dropped] = /(\d+) packets? dropped by kernel/.exec(line) ?? [];
  return dropped === undefined ? undefined : Number(dropped);
}

/** What tcpdump complained of on stderr, in its own words; undefined where it only gave its usual report. */
export function parseComplaint(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line !== '' && !USUAL.test(line));
  return lines.length > 0 ? cleanText(lines.join('; ').replaceAll(/(^|; )tcpdump: /g, '$1')) : undefined;
}

const USUAL =
  /listening on|verbose output suppressed|data link type|packets? (captured|received by filter|dropped by)|promiscuous mode/;
