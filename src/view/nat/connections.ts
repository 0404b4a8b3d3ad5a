/**
 * Who is translated right now: tracked connections whose answers come back to other addresses than they were sent from
 * (linux/netfilter/nf_conntrack_tuple.h), each with the one sentence that can have done it.
 */
import type { Conntrack, ConntrackEntry } from '../../model/conntrack.ts';
import type { Socket } from '../../model/socket.ts';
import { formatPlural } from '../format.ts';
import { holds, joinPort } from './address-text.ts';
import type { Condition } from './condition.ts';
import type { Sentence } from './sentences.ts';

/** Translated connections that are looked at; beyond, numbers are 'at least'. */
const MOST_ENTRIES = 2_000;

export type Now = {
  /** By the key of a sentence: `now: 3 connections, e.g. …`. */
  readonly bySentence: ReadonlyMap<string, string>;
  /** Those of which several rules, or none that is known, may be the cause. */
  readonly others?: string;
};

type Manip = 'source' | 'destination';
type Group = { count: number; readonly example: string };

export function translatedNow(conntrack: Conntrack | undefined, sentences: readonly Sentence[]): Now {
  if (!conntrack) return { bySentence: new Map() };
  const translated = conntrack.entries.filter(
    (entry) => isRewritten(entry, 'source') || isRewritten(entry, 'destination'),
  );
  const isPart = conntrack.total > conntrack.entries.length || translated.length > MOST_ENTRIES;
  const groups = new Map<string, Group>();
  for (const entry of translated.slice(0, MOST_ENTRIES))
    for (const manip of ['destination', 'source'] as const) {
      if (!isRewritten(entry, manip)) continue;
      const causes = sentences.filter((sentence) => mayCause(sentence, entry, manip));
      const [cause] = causes;
      const key = causes.length === 1 && cause ? cause.key : '';
      const group = groups.get(key);
      if (group) group.count += 1;
      else groups.set(key, { count: 1, example: formatExample(entry, manip) });
    }
  const say = ({ count, example }: Group) =>
    `${isPart ? 'at least ' : ''}${formatPlural(count, 'connection')}, e.g. ${example}`;
  const { '': others, ...found } = Object.fromEntries(groups);
  return {
    bySentence: new Map(Object.entries(found).map(([key, group]) => [key, `now: ${say(group)}`])),
    ...(others ? { others: `now, by one of several rules: ${say(others)}` } : {}),
  };
}

/** The answer mirrors the question, but for what was put in its place. */
function isRewritten({ original, reply }: ConntrackEntry, manip: Manip): boolean {
  return manip === 'destination'
    ? reply.source !== original.destination || reply.sourcePort !== original.destinationPort
    : reply.destination !== original.source || reply.destinationPort !== original.sourcePort;
}

/** `172.17.0.2:44012 → 1.1.1.1:443 as 10.0.0.2`. */
function formatExample({ original, reply }: ConntrackEntry, manip: Manip): string {
  const end = (address: string, port: number | undefined) =>
    port === undefined ? address : joinPort(address, port);
  const flow = `${end(original.source, original.sourcePort)} → ${end(original.destination, original.destinationPort)}`;
  if (manip === 'destination') return `${flow} to ${end(reply.source, reply.sourcePort)}`;
  const isPortKept = reply.destinationPort === original.sourcePort;
  return `${flow} as ${end(reply.destination, isPortKept ? undefined : reply.destinationPort)}`;
}

/** Whether the rule can have translated it: what a connection does not tell, such as its links, is left open. */
function mayCause({ translation, family }: Sentence, entry: ConntrackEntry, manip: Manip): boolean {
  if (!translation) return false;
  if (family !== 'inet' && (family === 'ip') !== (entry.family === 'ipv4')) return false;
  const { action, ways } = translation;
  const { original, reply } = entry;
  const isDestination = manip === 'destination';
  const [address, port] = isDestination
    ? [reply.source, reply.sourcePort]
    : [reply.destination, reply.destinationPort];
  if (action.address !== undefined && action.how !== 'netmap' && holds(action.address, address) === false)
    return false;
  if (action.port !== undefined && port !== undefined && !holdsPort(action.port, port)) return false;
  return ways.some(({ hook, conditions }) => {
    if (isDestination !== (hook === 'prerouting' || hook === 'output')) return false;
    // Behind the routing decision a packet has its new destination already.
    const seen = isDestination
      ? [original.destination, original.destinationPort]
      : [reply.source, reply.sourcePort];
    const packet: Packet = {
      family: entry.family,
      protocol: entry.protocol,
      source: original.source,
      sourcePort: original.sourcePort,
      destination: String(seen[0]),
      destinationPort: typeof seen[1] === 'number' ? seen[1] : undefined,
    };
    return conditions.every((condition) => mayHold(condition, packet));
  });
}

/** Whether a rule may translate what is sent to the socket: its port, its protocol and its family allow it. */
export function mayTranslate({ translation, family, rules }: Sentence, socket: Socket): boolean {
  if (!translation) return rules.length === 0;
  const families = [socket.family, ...(socket.address === '::' && socket.v6only !== true ? ['ipv4'] : [])];
  return families.some((one) => {
    if (family !== 'inet' && (family === 'ip') !== (one === 'ipv4')) return false;
    const sent = { family: one, protocol: socket.protocol, source: '', sourcePort: undefined };
    const packet: Packet = { ...sent, destination: '', destinationPort: socket.port };
    return translation.ways.some(
      ({ hook, conditions }) =>
        (hook === 'prerouting' || hook === 'output') &&
        conditions.every((one) => !OF_SOCKETS.has(one.kind) || mayHold(one, packet)),
    );
  });
}

const OF_SOCKETS: ReadonlySet<string> = new Set(['family', 'protocol', 'destination-port']);

type Packet = {
  readonly family: string;
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number | undefined;
  readonly destination: string;
  readonly destinationPort: number | undefined;
};

function mayHold(condition: Condition, packet: Packet): boolean {
  const answers = askValues(condition, packet);
  if (condition.kind === 'other' || answers.length === 0) return true;
  return condition.not ? !answers.includes(true) : answers.some((answer) => answer !== false);
}

/** For each value whether it is the packet's; undefined where that is open, nothing where all of it is. */
function askValues(condition: Condition, packet: Packet): readonly (boolean | undefined)[] {
  switch (condition.kind) {
    case 'source':
    case 'destination':
      return condition.values.map((value) =>
        holds(value, packet[condition.kind === 'source' ? 'source' : 'destination']),
      );
    case 'source-port':
    case 'destination-port': {
      const port = condition.kind === 'source-port' ? packet.sourcePort : packet.destinationPort;
      return condition.values.map((value) => (port === undefined ? false : holdsPort(value, port)));
    }
    case 'protocol':
      return condition.values.map((value) => value === packet.protocol);
    case 'family':
      return condition.values.map((value) => value === packet.family);
    default:
      return [];
  }
}

/** A port, or a range; what is neither (`set NAME`, `http`) may hold it. */
function holdsPort(text: string, port: number): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  return first === undefined || (Number(first) <= port && port <= Number(last));
}
