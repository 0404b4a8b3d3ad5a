/** Where a flow can be watched: the links that its packets pass, and the words by which tcpdump tells them from others (pcap-filter(7)). */
import type { Hop } from '../model/diagnosis.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { familyOf } from './prefix.ts';
import type { Trace } from './trace-flow.ts';

export type Tap = { readonly namespace: Namespace; readonly link: Link };

/** The links of the way there and back, each once, in the order in which the packet meets them; `lo` takes part too. */
export function tapsOf({ namespaces }: Snapshot, { trip }: Trace): readonly Tap[] {
  const taps = new Map<string, Tap>();
  for (const { namespace: name, link: linkName } of [...(trip?.hops ?? []), ...(trip?.reply ?? [])]) {
    const namespace = namespaces.find((one) => one.name === name);
    const link = namespace?.links?.find((one) => one.name === linkName);
    if (namespace && link) taps.set(`${namespace.id} ${link.ifindex}`, { namespace, link });
  }
  return [...taps.values()];
}

/** A filter for the flow, with every address and port that it has on its way. */
export function filterOf({ flow, trip }: Trace): string {
  const rewrites = [...(trip?.hops ?? []), ...(trip?.reply ?? [])].flatMap(newEnds);
  const addresses = new Set([flow.source, flow.destination, ...rewrites.map(({ address }) => address)]);
  const hosts = [...addresses].filter((address) => familyOf(address)).map((address) => `host ${address}`);
  const ports = new Set([flow.port, ...rewrites.map(({ port }) => port)]);
  const numbers = [...ports].filter((port) => typeof port === 'number').map((port) => `port ${port}`);
  const protocol = flow.proto === 'icmp' && flow.destination.includes(':') ? 'icmp6' : flow.proto;
  return [protocol, ...anyOf(hosts), ...(flow.port === null ? [] : anyOf(numbers))].join(' and ');
}

type RewrittenEnd = { readonly address: string; readonly port?: number };

function newEnds({ rewrites }: Hop): readonly RewrittenEnd[] {
  return [rewrites?.source, rewrites?.destination].filter((text) => text !== undefined).map(parseEnd);
}

/** `172.17.0.2:80`, `[fd00::2]:80`, or an address alone. */
function parseEnd(text: string): RewrittenEnd {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  return address === undefined ? { address: text } : { address, port: Number(port) };
}

function anyOf(words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [`(${words.join(' or ')})`];
}
