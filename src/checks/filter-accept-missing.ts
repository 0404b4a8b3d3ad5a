/** `filter-accept-missing`: a published port is translated, and no rule lets the translated packet pass FORWARD. */
import { filterCheck } from './filter-check.ts';
import { type Filtered, toolOf } from './filtered.ts';
import { commandIn } from './shell.ts';

export const filterAcceptMissing = filterCheck({
  id: 'filter-accept-missing',
  title: 'The published port is translated, but no rule lets it pass FORWARD',
  fix: acceptOne,
  more: "A published port needs two rules: the DNAT that gives the packet the container's address, and an accept for it in table filter, which Docker keeps in its chain DOCKER. Here the first is there and the second is gone, so that the policy of FORWARD drops what comes from outside. From the host itself the port still answers: what the host sends does not pass FORWARD. Restarting the container, or the engine, writes the rule again.",
});

function acceptOne({ namespace, decision, packet, outLink }: Filtered): readonly string[] {
  if (!outLink) return [];
  const { destination, destinationPort, protocol } = packet;
  const port =
    typeof destinationPort === 'number'
      ? ['-p', protocol === 17 ? 'udp' : 'tcp', '--dport', `${destinationPort}`]
      : [];
  const where = ['-d', destination, '!', '-i', outLink.name, '-o', outLink.name];
  return [commandIn(namespace, toolOf(decision), '-I', 'FORWARD', ...where, ...port, '-j', 'ACCEPT')];
}
