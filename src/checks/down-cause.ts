/** What the causes of a link that is down share. */
import type { Fault } from '../path/walk/fault.ts';
import type { CauseDetails } from './check.ts';
import { commandIn } from './shell.ts';

export function downCause(
  { namespace, link }: Extract<Fault, { kind: 'link-down' }>,
  more: string,
): CauseDetails {
  return {
    // The kernel reports the flag, and no frame passes a link without it: nothing is inferred.
    confidence: 'proven',
    namespace: namespace.name,
    subject: link.name,
    evidence: [
      {
        source: commandIn(namespace, 'ip', 'link', 'show', 'dev', link.name),
        value: `state ${link.operState}, not UP`,
      },
    ],
    fix: [commandIn(namespace, 'ip', 'link', 'set', 'dev', link.name, 'up')],
    more,
  };
}
