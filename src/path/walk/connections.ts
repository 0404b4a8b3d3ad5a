/**
 * What each namespace's connection tracking remembers of this one flow: the tuple as it came and as it left, so that
 * later packets and the answer are translated in the same way and back (nf_conntrack, nf_nat).
 */
import type { Packet, Tuple } from '../netfilter/packet.ts';

type Connection = { readonly original: Tuple; readonly leaving: Tuple; readonly mark: number | 'unknown' };

/** A packet of a connection that the namespace knows. */
export type KnownConnection = Connection & { readonly direction: 'original' | 'reply' };

export class ConnectionTable {
  private readonly byNamespace = new Map<string, Connection[]>();

  /** Notes how a connection passes a namespace; a second passage of the same packet changes nothing. */
  confirm(namespaceId: string, original: Tuple, leaving: Tuple, mark: number | 'unknown'): void {
    const known = this.byNamespace.get(namespaceId) ?? [];
    if (known.some((one) => isSame(one.original, original))) return;
    this.byNamespace.set(namespaceId, [...known, { original, leaving, mark }]);
  }

  /** The connection that a packet belongs to as it comes in, and in which direction. */
  find(namespaceId: string, packet: Packet): KnownConnection | undefined {
    const tuple = tupleOf(packet);
    for (const connection of this.byNamespace.get(namespaceId) ?? []) {
      if (isSame(connection.original, tuple)) return { ...connection, direction: 'original' };
      if (isSame(reverse(connection.leaving), tuple)) return { ...connection, direction: 'reply' };
    }
    return undefined;
  }
}

export function tupleOf({ source, destination, sourcePort, destinationPort }: Packet): Tuple {
  return {
    source,
    destination,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

function reverse({ source, destination, sourcePort, destinationPort }: Tuple): Tuple {
  return {
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  };
}

function isSame(one: Tuple, other: Tuple): boolean {
  return (
    one.source === other.source &&
    one.destination === other.destination &&
    one.sourcePort === other.sourcePort &&
    one.destinationPort === other.destinationPort
  );
}
