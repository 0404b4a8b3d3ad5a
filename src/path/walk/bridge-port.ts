/** What keeps a bridge port from passing a frame (br_handle_frame, should_deliver and br_allowed_ingress in net/bridge). */

import type { Link } from '../../model/link.ts';
import type { BridgePort } from '../../model/link-details.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { Fault } from './fault.ts';
import { hopAt, joinSaid, NOTHING, type Said, say } from './say.ts';
import type { World } from './state.ts';

export type OnBridge = { readonly namespace: Namespace; readonly bridge: Link };
type How = Extract<Fault, { kind: 'port-blocked' }>['how'];

/** The state of a port, for frames either way; a port that is down itself says so elsewhere. */
export function checkPortState(world: World, { namespace, bridge }: OnBridge, port: Link): Said {
  const place = { namespace, link: port };
  const { state } = optionsOf(port);
  if (state === 'forwarding' || !port.adminUp || !port.carrier || !bridge.adminUp) return NOTHING;
  if (state === undefined)
    return say(
      place,
      'bridge',
      'unknown',
      `the state of ${port.name} as a port of ${bridge.name} was not read`,
    );
  return blocked(
    world,
    { namespace, bridge },
    port,
    'state',
    `${port.name} is ${state} as a port of ${bridge.name}`,
  );
}

/** A locked port takes frames only from MACs that the FDB has behind it (bridge(8), `locked`). */
export function checkLock(world: World, on: OnBridge, port: Link, { sourceMac }: Packet): Said {
  const { namespace, bridge } = on;
  if (!optionsOf(port).locked) return NOTHING;
  const place = { namespace, link: port };
  const { fdb } = namespace;
  if (!fdb || sourceMac === undefined) {
    if (!fdb) world.wanted.add(namespace.id);
    return say(
      place,
      'bridge',
      'unknown',
      `${port.name} is locked: whether it takes the frame cannot be told`,
    );
  }
  const isKnown = fdb.some(
    ({ mac, ifindex, masterIfindex, state, flags }) =>
      mac === sourceMac &&
      ifindex === port.ifindex &&
      masterIfindex === bridge.ifindex &&
      state !== 'permanent' &&
      !flags.includes('locked'),
  );
  if (isKnown) return NOTHING;
  return blocked(world, on, port, 'locked', `${port.name} is locked and does not know ${sourceMac}`);
}

/** From one port to another. */
export function checkPassage(world: World, on: OnBridge, inPort: Link, outPort: Link): Said {
  const { bridge } = on;
  const [into, out] = [optionsOf(inPort), optionsOf(outPort)];
  const isBack = inPort.ifindex === outPort.ifindex;
  const hairpin =
    isBack && !out.hairpin
      ? blocked(
          world,
          on,
          outPort,
          'hairpin',
          `the frame would leave ${bridge.name} by ${outPort.name}, where it came in, and hairpin is off there`,
        )
      : NOTHING;
  const isolated =
    into.isolated && out.isolated
      ? blocked(
          world,
          on,
          outPort,
          'isolated',
          `${inPort.name} and ${outPort.name} are both isolated ports of ${bridge.name}`,
          inPort,
        )
      : NOTHING;
  return joinSaid(hairpin, isolated);
}

/** A frame for a MAC that the FDB does not have goes only to ports with `flood`. */
export function checkFlood(world: World, on: OnBridge, port: Link): Said {
  if (optionsOf(port).flood !== false) return NOTHING;
  const detail = `the FDB of ${on.bridge.name} does not have the MAC, and ${port.name} gets no such frames: flood is off`;
  return blocked(world, on, port, 'flood', detail);
}

export function optionsOf({ port }: Link): Partial<BridgePort> {
  return port?.kind === 'bridge' ? port : {};
}

export function blocked(
  { direction }: World,
  { namespace, bridge }: OnBridge,
  port: Link,
  how: How,
  detail: string,
  other?: Link,
): Said {
  return {
    hops: [hopAt({ namespace, link: port }, 'bridge', 'drop', detail)],
    faults: [{ kind: 'port-blocked', namespace, bridge, port, how, direction, ...(other ? { other } : {}) }],
  };
}
