/** A frame leaves by a link: egress rules and programs, and then whatever is wired to it (dev_queue_xmit). */
import type { Packet } from '../netfilter/packet.ts';
import { sendThroughBridge } from './bridge.ts';
import type { Place } from './fault.ts';
import { passFrameHook } from './frame-hooks.ts';
import { meetPrograms } from './link-programs.ts';
import { checkFrameSize, checkState, comparePeers } from './link-state.ts';
import { joinSaid, NOTHING, nameOf, type Said, say } from './say.ts';
import type { Step, StepResult, World } from './state.ts';
import { farSideOf, macvlanMode, macvlansOn } from './wire.ts';

export const frameOut: Step<'frame-out'> = (world, { namespace, link, packet: leaving }) => {
  const place = { namespace, link };
  const rules = passFrameHook(world, {
    namespace,
    family: 'netdev',
    hook: 'egress',
    packet: leaving,
    outLink: link,
  });
  const { packet } = rules;
  const said = joinSaid(
    // A link that routing chose was looked at before; a port was not.
    link.master ? joinSaid(checkState(world, place), checkFrameSize(world, place, packet)) : NOTHING,
    rules,
    { hops: meetPrograms(world, place, 'egress', packet), faults: [] },
  );
  const onward = goOn(world, place, packet);
  return { ...onward, ...joinSaid(said, onward) };
};

function goOn(world: World, place: Place, packet: Packet): StepResult {
  const { namespace, link } = place;
  const far = farSideOf(world.snapshot, place);
  switch (far.kind) {
    case 'loop':
      return { ...NOTHING, next: { at: 'receive', namespace, link, packet } };
    case 'peer':
      return crossPair(world, place, far.place, packet);
    case 'ports':
      return sendThroughBridge(world, { namespace, link, packet });
    case 'parent':
      return shareParent(world, place, far.place, packet);
    case 'left':
      return {
        ...say(place, 'link', 'pass', far.detail),
        end: { how: 'left', namespace, link, packet },
      };
    case 'nowhere':
      return { ...say(place, 'link', 'drop', far.detail), end: { how: 'lost' } };
    case 'unknown':
      return { ...say(place, 'link', 'unknown', far.detail), end: { how: 'unknown' } };
  }
}

/** A veth hands every frame to its peer (veth(4)). */
function crossPair(world: World, { namespace, link }: Place, peer: Place, packet: Packet): StepResult {
  const place = { namespace, link };
  const program = netkitProgram(place);
  const arrives = say(peer, 'link', 'pass', `arrives on ${peer.link.name}, the peer of ${link.name}`);
  return {
    ...joinSaid(
      program,
      checkFrameSize(world, peer, packet),
      comparePeers(world, place, peer, packet),
      arrives,
    ),
    next: { at: 'frame-in', namespace: peer.namespace, link: peer.link, packet },
  };
}

/** A netkit asks its program, and has a policy for where there is none (ip-link(8)). */
function netkitProgram(place: Place): Said {
  const { details, name } = place.link;
  if (details?.kind !== 'netkit' || details.policy === 'forward') return NOTHING;
  return say(
    place,
    'link',
    'unknown',
    `${name} drops what no program of its own lets pass: whether one does was not read`,
  );
}

/** To a sibling by way of the parent, never to the parent itself (macvlan_queue_xmit). */
function shareParent(world: World, child: Place, parent: Place, packet: Packet): StepResult {
  const { link } = child;
  const mac = packet.destinationMac;
  const isSibling =
    macvlanMode(link) === 'bridge' &&
    macvlansOn(world.snapshot, parent).some(
      (one) => one.link.mac === mac && one.link.mac !== link.mac && macvlanMode(one.link) === 'bridge',
    );
  const { namespace } = parent;
  if (isSibling) {
    const detail = `${link.name} hands the frame to another macvlan on ${nameOf(parent)}`;
    return {
      ...say(child, 'link', 'pass', detail),
      next: { at: 'frame-in', namespace, link: parent.link, packet },
    };
  }
  return {
    ...joinSaid(
      say(child, 'link', 'pass', `${link.name} sends by ${nameOf(parent)}`),
      checkState(world, parent),
    ),
    next: { at: 'frame-out', namespace, link: parent.link, packet },
  };
}
