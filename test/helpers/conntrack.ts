/** What conntrack(8) says of a namespace's tracked connections, in the words of netpeek's model. */
import type { ConntrackEntry, ConntrackTuple } from '../../src/model/conntrack.ts';
import type { Ask } from './iproute2.ts';

/** Without the id; of the status only what conntrack prints; the timeout apart, because it runs. */
export type Listed = Omit<ConntrackEntry, 'id' | 'timeoutS'>;

/** The entries and, in the same order, their timeouts. */
export async function readConntrackList(
  ask: Ask,
): Promise<{ readonly entries: readonly Listed[]; readonly timeouts: readonly number[] }> {
  const family = (name: string) => ask(['conntrack', '-L', '-f', name, '-o', 'extended']);
  const lines = `${await family('ipv4')}${await family('ipv6')}`.split('\n').filter(Boolean).sort();
  return { entries: lines.map(parseLine), timeouts: lines.map((line) => Number(line.split(/\s+/)[4])) };
}

/** `ipv4 2 tcp 6 431998 ESTABLISHED src=… dst=… sport=… dport=… packets=… bytes=… src=… … [ASSURED] mark=0 zone=3 use=1` */
function parseLine(line: string): Listed {
  const [family, , protocol = '', , , state = ''] = line.split(/\s+/);
  const split = line.indexOf('src=', line.indexOf('src=') + 1);
  const [there, back] = [line.slice(0, split), line.slice(split)];
  const counted = there.includes(' packets=');
  const helper = /helper=(\S+)/.exec(line)?.[1];
  return {
    family: family === 'ipv4' ? 'ipv4' : 'ipv6',
    protocol,
    ...(/^[A-Z]/.test(state) ? { state } : {}),
    status: [
      ...(line.includes('[UNREPLIED]') ? [] : ['SEEN_REPLY']),
      ...(line.includes('[ASSURED]') ? ['ASSURED'] : []),
    ],
    original: tupleOf(there),
    reply: tupleOf(back),
    zone: numberIn(back, 'zone') ?? 0,
    mark: numberIn(back, 'mark') ?? 0,
    ...(counted ? { counters: { original: countersOf(there), reply: countersOf(back) } } : {}),
    ...(helper === undefined ? {} : { helper }),
  };
}

function tupleOf(text: string): ConntrackTuple {
  const word = (name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(text)?.[1] ?? '';
  const tuple = { source: word('src'), destination: word('dst') };
  // The keys of GRE stand where others have ports.
  const sourcePort = numberIn(text, 'sport') ?? numberIn(text, 'srckey');
  const destinationPort = numberIn(text, 'dport') ?? numberIn(text, 'dstkey');
  if (sourcePort !== undefined && destinationPort !== undefined)
    return { ...tuple, sourcePort, destinationPort };
  const [type, code, id] = ['type', 'code', 'id'].map((name) => numberIn(text, name) ?? 0);
  return text.includes(' type=')
    ? { ...tuple, icmp: { type: type ?? 0, code: code ?? 0, id: id ?? 0 } }
    : tuple;
}

function countersOf(text: string) {
  return { packets: numberIn(text, 'packets') ?? 0, bytes: numberIn(text, 'bytes') ?? 0 };
}

function numberIn(text: string, name: string): number | undefined {
  const value = new RegExp(`\\b${name}=(0x[0-9a-f]+|\\d+)`).exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}
