/** A valid neighbour entry: the frame is sent to its MAC at once, whoever has the address now. */
import type { Neighbour } from '../../model/neighbour.ts';
import { sysctl } from './answer-arp.ts';
import type { Fault, Place } from './fault.ts';
import type { Owners } from './find-owner.ts';
import { reportIsolated } from './macvlan-isolated.ts';
import type { Asked, Resolved } from './neighbour.ts';
import { hopAt, nameOf, say } from './say.ts';
import type { World } from './state.ts';
import { addressedByHand } from './without-asking.ts';

export function trustEntry(
  world: World,
  asked: Asked,
  entry: Neighbour,
  { answering, silent, unknown, ears, ends }: Owners,
): Resolved {
  const { direction } = world;
  const { place, nextHop } = asked;
  const { namespace, link } = place;
  const mac = entry.mac ?? '';
  const known = `${nextHop} is ${mac} (${entry.state}) in the neighbour table`;
  const has = ({ place: ear }: { readonly place: Place }) => ear.link.mac === mac;
  const owner = answering.find(has);
  if (owner) return { ...say(place, 'neighbour', 'pass', `${known}, ${nameOf(owner.place)}`), mac };
  const quiet = silent.find(has);
  if (quiet) {
    const detail = `${known}, ${nameOf(quiet.place)}, which does not answer for it: ${quiet.why}`;
    // Until it has to be confirmed, an entry that was learned is as good as one made by hand.
    return { ...say(place, 'neighbour', addressedByHand(entry) ? 'pass' : 'unknown', detail), mac };
  }
  const other = ears.find((ear) => ear.link.mac === mac);
  const isolated = other ? undefined : reportIsolated(world, asked);
  if (isolated && answering.length === 0) return isolated;
  const [rightful] = [...answering, ...silent];
  if (rightful && unknown.length === 0 && ends.length === 0 && !(other && forwards(other))) {
    const detail = `${known}, but ${nameOf(rightful.holder ?? rightful.place)} has the address, behind ${rightful.place.link.mac}`;
    const fault: Fault = {
      kind: 'neighbour-wrong',
      namespace,
      link,
      neighbour: entry,
      owner: rightful.place,
      direction,
    };
    return {
      hops: [hopAt(place, 'neighbour', 'drop', detail)],
      faults: [fault],
      mac: rightful.place.link.mac,
    };
  }
  if (other) return { ...say(place, 'neighbour', 'pass', `${known}, ${nameOf(other)}`), mac };
  if (rightful || unknown.length > 0) {
    const may = rightful
      ? `${nameOf(rightful.place)} has the address here`
      : unknown.map(({ why }) => why).join('; ');
    return { ...say(place, 'neighbour', 'unknown', `${known}, which no link seen here has; ${may}`), mac };
  }
  if (ends.length > 0) {
    const sure = ends.some(({ how }) => how === 'left');
    const beyond = ends.map(nameOf).slice(0, 3).join(', ');
    return { ...say(place, 'neighbour', sure ? 'pass' : 'unknown', `${known}, beyond ${beyond}`), mac };
  }
  return {
    hops: [
      hopAt(place, 'neighbour', 'drop', `${known}, but nobody on the network of ${link.name} has either`),
    ],
    faults: [{ kind: 'unowned', namespace, link, address: nextHop, direction }],
    ends: 'lost',
  };
}

/** A router with that MAC may know a way on. */
function forwards(ear: Place): boolean {
  return sysctl(ear, 'forwarding') !== '0';
}
