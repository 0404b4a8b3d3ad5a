/**
 * Behind the place where rules that were not read may have translated a packet, nobody knows the address it has: what
 * rules ask of it is unknown, and what they do whatever it is remains sure.
 */
import { type Packet, UNKNOWN_ADDRESS } from './packet.ts';
import type { HookName } from './program.ts';

/** The packet without the address and the port that translations at this hook change. */
export function hideTranslated(packet: Packet, hook: HookName): Packet {
  const { connection } = packet;
  if (hook === 'prerouting' || hook === 'output') {
    const { destinationPort: _, ...rest } = packet;
    return {
      ...rest,
      destination: UNKNOWN_ADDRESS,
      connection: { ...connection, destinationTranslated: 'unknown' },
    };
  }
  const { sourcePort: _, ...rest } = packet;
  return { ...rest, source: UNKNOWN_ADDRESS, connection: { ...connection, sourceTranslated: 'unknown' } };
}

/** The addresses that were hidden, unless a rule has written others since. */
export function showAgain(packet: Packet, shown: Packet | undefined): Packet {
  if (!shown || packet.rewritten) return packet;
  const { sourcePort, destinationPort, source, destination } = shown;
  return {
    ...packet,
    source,
    destination,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}
