/**
 * A frame in a bridge, from one of its ports or from its own namespace: up to the namespace's own stack, or on by another
 * port, past the rules of the bridge family and of IP.
 */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import { choosePort, findEntry, isLocal, learnsInTime, type Switching } from './bridge-choice.ts';
import { checkFlood, checkLock, checkPassage, checkPortState, type OnBridge } from './bridge-port.ts';
import { enterVlan, filtersVlans, leaveVlan } from './bridge-vlan.ts';
import { type Prerouted, passIpRules } from './bridged-ip.ts';
import type { KnownConnection } from './connections.ts';
import { callsIpRules, passFrameHook } from './frame-hooks.ts';
import { hopAt, joinSaid, NOTHING, type Said, say } from './say.ts';
import type { StepResult, World } from './state.ts';
import { macvlansOn } from './wire.ts';

type Frame = { readonly namespace: Namespace; readonly link: Link; readonly packet: Packet };

/** A frame that a port took. */
export function enterBridge(
  world: World,
  { namespace, link: inPort, packet: came }: Frame,
  bridge: Link,
): StepResult {
  const on: OnBridge = { namespace, bridge };
  const vlan = enterVlan(world, on, inPort);
  const rules = passFrameHook(world, {
    namespace,
    family: 'bridge',
    hook: 'prerouting',
    packet: came,
    inLink: inPort,
  });
  const { packet } = rules;
  const entered = joinSaid(
    bridgeState(world, on),
    checkPortState(world, on, inPort),
    rules,
    vlan,
    checkLock(world, on, inPort, packet),
  );
  const mac = packet.destinationMac;
  const switching: Switching = {
    namespace,
    bridge,
    inPort,
    ...(mac === undefined ? {} : { mac }),
    ...(packet.sourceMac === undefined ? {} : { sourceMac: packet.sourceMac }),
    ...(vlan.vlan === undefined ? {} : { vlan: vlan.vlan }),
  };
  if (isForBridge(world, switching)) return goUp(world, on, inPort, packet, entered);
  return crossBridge(world, on, { packet, inPort, switching, vlan: vlan.vlan }, entered);
}

/**
 * The frame goes on from the port that it came by although it was for the bridge: its IP destination was rewritten on the
 * way up, where PREROUTING has seen it.
 */
export function crossAfterPrerouting(
  world: World,
  on: OnBridge,
  inPort: Link,
  packet: Packet,
  known: KnownConnection | undefined,
): StepResult {
  const { vlan } = enterVlan(world, on, inPort);
  const { destinationMac: mac, sourceMac } = packet;
  const switching: Switching = {
    ...on,
    inPort,
    ...(mac === undefined ? {} : { mac }),
    ...(sourceMac === undefined ? {} : { sourceMac }),
    ...(vlan === undefined ? {} : { vlan }),
  };
  return crossBridge(world, on, { packet, inPort, switching, vlan, prerouted: { known } }, NOTHING);
}

type Crossing = {
  readonly packet: Packet;
  readonly inPort: Link;
  readonly switching: Switching;
  readonly vlan: number | undefined;
  readonly prerouted?: Prerouted;
};

/** From one port to another. */
function crossBridge(
  world: World,
  on: OnBridge,
  { packet, inPort, switching, vlan, prerouted }: Crossing,
  entered: Said,
): StepResult {
  const { namespace, bridge } = on;
  const choice = choosePort(world, switching);
  const { port: outPort } = choice;
  const said = joinSaid(entered, choice);
  if (!outPort) return { ...said, end: { how: choice.ends ?? 'unknown' } };
  const entry = findEntry(switching);
  const ports = joinSaid(
    checkPassage(world, on, inPort, outPort),
    entry || !namespace.fdb || learnsInTime(world, switching, outPort)
      ? NOTHING
      : checkFlood(world, on, outPort),
    checkPortState(world, on, outPort),
    leaveVlan(world, on, outPort, vlan, inPort),
  );
  const forward = passFrameHook(world, {
    namespace,
    family: 'bridge',
    hook: 'forward',
    packet,
    inLink: inPort,
    outLink: outPort,
  });
  const bridged = { namespace, bridge, inPort, outPort, packet: forward.packet };
  const ip = passIpRules(world, bridged, prerouted);
  const passed = joinSaid(said, ports, forward, ip);
  if (!ip.packet) return { ...passed, end: { how: 'unknown' } };
  return leaveBridge(world, on, outPort, ip.packet, passed);
}

/** A frame that the bridge's own namespace sends through it. */
export function sendThroughBridge(world: World, { namespace, link: bridge, packet }: Frame): StepResult {
  const on: OnBridge = { namespace, bridge };
  const mac = packet.destinationMac;
  const switching: Switching = {
    namespace,
    bridge,
    ...(mac === undefined ? {} : { mac }),
    ...(packet.sourceMac === undefined ? {} : { sourceMac: packet.sourceMac }),
  };
  const vlans = filtersVlans(bridge)
    ? say(
        { namespace, link: bridge },
        'bridge',
        'unknown',
        `${bridge.name} filters VLANs, and its own were not read`,
      )
    : NOTHING;
  const choice = choosePort(world, switching);
  const { port } = choice;
  const said = joinSaid(vlans, choice);
  if (!port) return { ...said, end: { how: choice.ends ?? 'unknown' } };
  const ports = joinSaid(
    findEntry(switching) || !namespace.fdb || learnsInTime(world, switching, port)
      ? NOTHING
      : checkFlood(world, on, port),
    checkPortState(world, on, port),
  );
  const output = passFrameHook(world, { namespace, family: 'bridge', hook: 'output', packet, outLink: port });
  return leaveBridge(world, on, port, output.packet, joinSaid(said, ports, output));
}

function leaveBridge(
  world: World,
  { namespace }: OnBridge,
  port: Link,
  packet: Packet,
  before: Said,
): StepResult {
  const last = passFrameHook(world, {
    namespace,
    family: 'bridge',
    hook: 'postrouting',
    packet,
    outLink: port,
  });
  return {
    ...joinSaid(before, last),
    next: { at: 'frame-out', namespace, link: port, packet: last.packet },
  };
}

/** To the namespace's own stack, as if the bridge had heard it itself (br_pass_frame_up). */
function goUp(world: World, on: OnBridge, inPort: Link, packet: Packet, entered: Said): StepResult {
  const { namespace, bridge } = on;
  const rules = passFrameHook(world, { namespace, family: 'bridge', hook: 'input', packet, inLink: inPort });
  const vlans = filtersVlans(bridge)
    ? say(
        { namespace, link: bridge },
        'bridge',
        'unknown',
        `${bridge.name} filters VLANs, and its own were not read`,
      )
    : NOTHING;
  const { physIn: _, ...bare } = rules.packet;
  const showsPort = callsIpRules(world, namespace, bridge, packet) === 'yes';
  // Its own MAC is good at the port, whatever the bridge's is: the veth has marked the frame as for this host.
  const mac = packet.destinationMac === inPort.mac ? bridge.mac : packet.destinationMac;
  const next: Packet = {
    ...bare,
    ...(mac === undefined ? {} : { destinationMac: mac }),
    ...(showsPort ? { physIn: inPort.name } : {}),
  };
  const arrives = say(
    { namespace, link: bridge },
    'bridge',
    'pass',
    `${inPort.name} is a port of ${bridge.name}, which takes the frame`,
  );
  return {
    ...joinSaid(entered, rules, vlans, arrives),
    next: { at: 'frame-in', namespace, link: bridge, packet: next },
  };
}

/** Whether the frame is for the bridge: its MAC, that of one of its ports, or of a macvlan on it. */
function isForBridge({ snapshot }: World, switching: Switching): boolean {
  const { namespace, bridge, inPort, mac } = switching;
  if (mac === undefined) return false;
  if (mac === bridge.mac || mac === inPort?.mac) return true;
  const entry = findEntry(switching);
  const ownedByPort = namespace.links?.some(
    (link) => link.master?.ifindex === bridge.ifindex && link.mac === mac,
  );
  if (entry && isLocal(entry) && ownedByPort) return true;
  return !entry && macvlansOn(snapshot, { namespace, link: bridge }).some(({ link }) => link.mac === mac);
}

function bridgeState({ direction }: World, { namespace, bridge }: OnBridge): Said {
  if (bridge.adminUp) return NOTHING;
  return {
    hops: [hopAt({ namespace, link: bridge }, 'bridge', 'drop', `the bridge ${bridge.name} is down`)],
    faults: [{ kind: 'link-down', namespace, link: bridge, direction }],
  };
}
