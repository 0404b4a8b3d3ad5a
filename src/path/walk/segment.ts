/**
 * The layer-2 segment behind a link: every link of every namespace that hears a broadcast sent on it, and the ends beyond
 * which nobody can see from here. Wiring alone counts: a link that is down is found, so that the walk can say so.
 */
import type { Link } from '../../model/link.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Place } from './fault.ts';
import { farSideOf, macvlanMode, macvlansOn, masterOf, portsOf } from './wire.ts';

/** An end of the segment, and what is beyond it: another machine or a program (`left`), or nobody knows what. */
export type OpenEnd = Place & { readonly how: 'left' | 'unknown'; readonly detail: string };

export type Segment = {
  /** Links at which a namespace's own stack hears. */
  readonly ears: readonly Place[];
  readonly ends: readonly OpenEnd[];
};

/** What hears a broadcast that is sent on a link; with `turnsBack`, as if every bridge port had hairpin on. */
export function segmentBehind(snapshot: Snapshot, place: Place, turnsBack = false): Segment {
  const walk = new SegmentWalk(snapshot, { turnsBack, from: place });
  walk.send(place);
  return walk;
}

/** What is beyond one port of a bridge, the bridge and its other ports left out. */
export function segmentBehindPort(snapshot: Snapshot, port: Place, bridge: Link): Segment {
  const walk = new SegmentWalk(snapshot);
  walk.leaveOut(port, bridge);
  walk.send(port);
  return walk;
}

type Options = { readonly turnsBack?: boolean; readonly from?: Place };

class SegmentWalk implements Segment {
  readonly ears: Place[] = [];
  readonly ends: OpenEnd[] = [];
  /** Ways that were gone already: bridges may be wired in a ring. */
  private readonly gone = new Set<string>();
  private readonly snapshot: Snapshot;
  private readonly options: Options;

  constructor(snapshot: Snapshot, options: Options = {}) {
    this.snapshot = snapshot;
    this.options = options;
  }

  leaveOut({ namespace }: Place, bridge: Link): void {
    this.isNew('switch', { namespace, link: bridge });
    for (const link of portsOf(namespace, bridge)) this.isNew('hear', { namespace, link });
  }

  send(place: Place): void {
    if (!this.isNew('send', place)) return;
    const { namespace, link } = place;
    const far = farSideOf(this.snapshot, place);
    if (far.kind === 'peer') this.hear(far.place);
    else if (far.kind === 'ports') {
      this.isNew('switch', place);
      for (const port of far.ports) this.send({ namespace, link: port });
    } else if (far.kind === 'parent') {
      if (macvlanMode(link) === 'bridge')
        for (const sibling of macvlansOn(this.snapshot, far.place))
          if (!isSame(sibling, place) && macvlanMode(sibling.link) === 'bridge') this.hear(sibling);
      this.send(far.place);
    } else if (far.kind === 'left' || far.kind === 'unknown')
      this.ends.push({ ...place, how: far.kind, detail: far.detail });
  }

  private hear(place: Place): void {
    if (!this.isNew('hear', place)) return;
    for (const child of macvlansOn(this.snapshot, place)) if (!this.isKeptFrom(child)) this.hear(child);
    const master = masterOf(place);
    if (master.kind === 'bridge')
      this.switch({ namespace: place.namespace, link: master.bridge }, place.link);
    else if (master.kind === 'other') this.ends.push({ ...place, how: 'unknown', detail: master.detail });
    else this.ears.push(place);
  }

  /** A bridge hears for its own namespace, and sends on by all its ports but the one where the frame came in. */
  private switch(bridge: Place, inPort: Link): void {
    if (!this.isNew('switch', bridge)) return;
    this.hear(bridge);
    for (const link of portsOf(bridge.namespace, bridge.link))
      if (link.ifindex !== inPort.ifindex || this.options.turnsBack || hasHairpin(link))
        this.send({ namespace: bridge.namespace, link });
  }

  /** What a private macvlan sends is kept from the others on the same link, also when a switch turns it round (macvlan_handle_frame). */
  private isKeptFrom({ link: { parent } }: Place): boolean {
    const { from } = this.options;
    if (!from || macvlanMode(from.link) !== 'private') return false;
    const { parent: own } = from.link;
    return own?.namespace === parent?.namespace && own?.ifindex === parent?.ifindex;
  }

  private isNew(way: 'send' | 'hear' | 'switch', { namespace, link }: Place): boolean {
    const key = `${way} ${namespace.id} ${link.ifindex}`;
    if (this.gone.has(key)) return false;
    this.gone.add(key);
    return true;
  }
}

function hasHairpin({ port }: Link): boolean {
  return port?.kind === 'bridge' && port.hairpin === true;
}

function isSame(one: Place, other: Place): boolean {
  return one.namespace.id === other.namespace.id && one.link.ifindex === other.link.ifindex;
}
