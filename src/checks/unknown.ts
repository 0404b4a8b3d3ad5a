/** `unknown`: no cause, but where the packet was last seen, where it is lost for sure and nothing known explains it. */
import type { Cause, Hop } from '../model/diagnosis.ts';
import type { RoundTrip } from '../path/walk/round-trip.ts';

/** One at most; none where the packet is not lost for sure. */
export function lastSeen(trip: RoundTrip | undefined): readonly Cause[] {
  if (trip?.verdict !== 'broken') return [];
  const lost = [...trip.hops, ...trip.reply].find(({ verdict }) => verdict === 'drop');
  return lost ? [unexplained(lost)] : [];
}

function unexplained(lost: Hop): Cause {
  const { namespace, link, stage, detail } = lost;
  return {
    id: 'unknown',
    title: 'The packet is lost, and no cause that is known explains it',
    confidence: 'likely',
    namespace,
    subject: link ?? namespace,
    evidence: [{ source: `evaluation of the way (${stage})`, value: detail }],
    fix: [],
    more: 'This is where the packet was last seen on its way, as links, tables and rules have it. None of the causes that are looked for fits. netpeek path shows the whole way; a capture on the link named here, and on the one behind it, tells whether the packet really ends there.',
  };
}
