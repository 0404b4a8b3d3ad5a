/**
 * Whether an answer is one to whoever asked: it must come from the very address and port that were asked, or no socket is
 * found for it (__inet_lookup_established, and for UDP a socket that is connected, udp(7)).
 */
import type { Flow } from '../../model/diagnosis.ts';
import { formatEnd } from './hops.ts';
import type { DraftHop, End } from './state.ts';

/** What becomes of an answer that comes from elsewhere, after it was heard; undefined where it comes from whom was asked. */
export function meetStranger({ proto, destination, port }: Flow, end: End | undefined): DraftHop | undefined {
  if (end?.how !== 'delivered' && end?.how !== 'left') return undefined;
  const { namespace, packet } = end;
  const asked = formatEnd(destination, port ?? undefined);
  const from = formatEnd(packet.source, port === null ? undefined : packet.sourcePort);
  if (from === asked || proto === 'icmp') return undefined;
  const detail = `the answer comes from ${from}, and ${asked} was asked: nothing translates it back`;
  // A program may take datagrams from anybody.
  return { namespace, stage: 'deliver', verdict: proto === 'tcp' ? 'drop' : 'unknown', detail };
}
