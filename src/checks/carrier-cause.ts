/** What the causes of a missing carrier share. */
import type { Fault } from '../path/walk/fault.ts';
import type { CauseDetails } from './check.ts';
import { commandIn } from './shell.ts';

export function carrierCause(
  { namespace, link, peer }: Extract<Fault, { kind: 'no-carrier' }>,
  more: string,
): CauseDetails {
  const peerDown = peer && !peer.link.adminUp;
  const at = peerDown ? peer : { namespace, link };
  return {
    // The kernel itself reports the missing carrier, and sends no frame without one.
    confidence: 'proven',
    namespace: at.namespace.name,
    subject: at.link.name,
    evidence: [
      {
        source: commandIn(namespace, 'ip', 'link', 'show', 'dev', link.name),
        value: `NO-CARRIER, state ${link.operState}`,
      },
      ...(peer
        ? [
            {
              source: commandIn(peer.namespace, 'ip', 'link', 'show', 'dev', peer.link.name),
              value: peerDown ? `state ${peer.link.operState}, not UP` : `state ${peer.link.operState}`,
            },
          ]
        : []),
    ],
    fix: peerDown ? [commandIn(peer.namespace, 'ip', 'link', 'set', 'dev', peer.link.name, 'up')] : [],
    more,
  };
}
