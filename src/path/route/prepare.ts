/** Makes the kernel's flow key of a question, or says why the tables cannot answer it. */
import type { Namespace } from '../../model/namespace.ts';
import { loopbackName, vrfOf } from './answer.ts';
import { addressBits } from './bits.ts';
import { type Fib, fibOf } from './fib.ts';
import type { Flow } from './flow.ts';
import type { RouteQuery } from './query.ts';

export type Prepared =
  | { readonly kind: 'ready'; readonly fib: Fib; readonly flow: Flow }
  | { readonly kind: 'unknown'; readonly why: string };

export function prepare(namespace: Namespace, query: RouteQuery): Prepared {
  const { family, inLink, outLink } = query;
  const fib = fibOf(namespace, family);
  if (typeof fib === 'string') return { kind: 'unknown', why: fib };
  const vrf = vrfOf(fib, inLink) ?? vrfOf(fib, outLink);
  if (vrf !== undefined) return { kind: 'unknown', why: vrf };
  const destination = addressBits(query.destination, family);
  const source = query.source === undefined ? undefined : addressBits(query.source, family);
  if (destination === undefined || (query.source !== undefined && source === undefined))
    return { kind: 'unknown', why: 'an address that cannot be read' };
  return {
    kind: 'ready',
    fib,
    flow: { ...flowOf(query, fib), destination, ...(source === undefined ? {} : { source }) },
  };
}

function flowOf({ family, inLink, outLink, ...query }: RouteQuery, fib: Fib): Omit<Flow, 'destination'> {
  return {
    family,
    iif: inLink ?? loopbackName(fib),
    // Only what the namespace sends can be bound to a link.
    ...(outLink === undefined || inLink !== undefined ? {} : { oif: outLink }),
    mark: query.mark,
    protocol: query.protocol,
    sourcePort: query.sourcePort ?? portOf(query.protocol),
    destinationPort:
      query.destinationPort ??
      (inLink === undefined && isIcmp(query.protocol) ? 'icmp' : portOf(query.protocol)),
    // A packet that came in belongs to nobody: the kernel puts user 0 of the namespace's owner there.
    uid: inLink === undefined ? (query.uid ?? 'unknown') : 0,
  };
}

/** ICMP and ICMPv6. */
const isIcmp = (protocol: number): boolean => protocol === 1 || protocol === 58;

const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** The kernel compares 0 where a protocol has no ports. */
function portOf(protocol: number): number | 'unknown' {
  return WITH_PORTS.has(protocol) ? 'unknown' : 0;
}
