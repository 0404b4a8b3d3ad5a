/** What a packet is to a namespace that it comes to: connection tracking starts anew, or finds the flow that it knows. */
import type { Namespace } from '../../model/namespace.ts';
import { type Packet, PROTOCOL } from '../netfilter/packet.ts';
import { type KnownConnection, tupleOf } from './connections.ts';
import type { World } from './state.ts';

/** The packet as this namespace's connection tracking sees it, and the connection where it is known. */
export function enter(
  { connections, direction }: World,
  { id }: Namespace,
  packet: Packet,
): { readonly packet: Packet; readonly known: KnownConnection | undefined } {
  const known = connections.find(id, packet);
  return {
    known,
    packet: {
      ...packet,
      connection: {
        state: stateOf(packet, direction, known),
        direction: known?.direction ?? 'original',
        original: known?.original ?? tupleOf(packet),
        sourceTranslated: translated(known?.original.source, known?.leaving.source),
        destinationTranslated: translated(known?.original.destination, known?.leaving.destination),
        mark: known?.mark ?? 0,
      },
    },
  };
}

/** An answer to a request that did not pass here is a connection of its own for UDP; TCP and ICMP know that it is none. */
function stateOf(
  { protocol }: Packet,
  direction: World['direction'],
  known: KnownConnection | undefined,
): Packet['connection']['state'] {
  if (known?.direction === 'reply') return 'established';
  return direction === 'answer' && !known && protocol !== PROTOCOL.udp ? 'invalid' : 'new';
}

function translated(before: string | undefined, after: string | undefined): 'yes' | 'no' {
  return before === after ? 'no' : 'yes';
}
