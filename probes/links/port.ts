/** What a link is to its master: IFLA_INFO_SLAVE_KIND and IFLA_INFO_SLAVE_DATA (linux/if_link.h, linux/if_bridge.h). */
import type { BridgePort, Port } from '../../src/model/link-details.ts';
import { eachAttribute } from '../netlink/attributes.ts';
import { Fields, said } from '../netlink/fields.ts';

const BRPORT = {
  state: 1,
  priority: 2,
  cost: 3,
  mode: 4,
  guard: 5,
  learning: 8,
  unicastFlood: 9,
  multicastFlood: 27,
  broadcastFlood: 30,
  isolated: 33,
  locked: 39,
} as const;
const BOND_SLAVE = { state: 1, miiStatus: 2, linkFailureCount: 3 } as const;
const IFLA_VRF_PORT_TABLE = 1;
/** BR_STATE_* */
const BRIDGE_STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];
/** BOND_STATE_* and BOND_LINK_* of linux/if_bonding.h. */
const BOND_STATES = ['active', 'backup'];
const BOND_LINK_STATES = ['up', 'fail', 'down', 'back'];

/** Where the attributes of IFLA_INFO_SLAVE_DATA stand in a message. */
export type Span = { readonly start: number; readonly end: number };

/** The port of a master of this kind; without data, only what kind of member it is. */
export function parsePort(kind: string, view: DataView, data: Span | undefined): Port {
  if (!data) return { kind: 'other', of: kind };
  if (kind === 'bridge') return parseBridgePort(view, data);
  const fields = new Fields(view, data.start, data.end);
  if (kind === 'bond')
    return said({
      kind: 'bond' as const,
      state: nameOf(BOND_STATES, fields.u8(BOND_SLAVE.state)),
      miiStatus: nameOf(BOND_LINK_STATES, fields.u8(BOND_SLAVE.miiStatus)),
      linkFailures: fields.u32(BOND_SLAVE.linkFailureCount),
    });
  if (kind === 'vrf') return said({ kind: 'vrf' as const, table: fields.u32(IFLA_VRF_PORT_TABLE) });
  return { kind: 'other', of: kind };
}

/** In one pass: every container has such a port, with forty attributes, in every scan. */
function parseBridgePort(view: DataView, { start, end }: Span): BridgePort {
  const port: { -readonly [Key in keyof BridgePort]: BridgePort[Key] } = { kind: 'bridge' };
  eachAttribute(view, start, end, (type, at, length) => {
    if (type === BRPORT.cost && length >= 4) port.cost = view.getUint32(at, true);
    else if (type === BRPORT.priority && length >= 2) port.priority = view.getUint16(at, true);
    if (length !== 1) return;
    const value = view.getUint8(at);
    if (type === BRPORT.state) port.state = BRIDGE_STATES[value] ?? String(value);
    else if (type === BRPORT.mode) port.hairpin = value !== 0;
    else if (type === BRPORT.guard) port.guard = value !== 0;
    else if (type === BRPORT.learning) port.learning = value !== 0;
    else if (type === BRPORT.unicastFlood) port.flood = value !== 0;
    else if (type === BRPORT.multicastFlood) port.multicastFlood = value !== 0;
    else if (type === BRPORT.broadcastFlood) port.broadcastFlood = value !== 0;
    else if (type === BRPORT.isolated) port.isolated = value !== 0;
    else if (type === BRPORT.locked) port.locked = value !== 0;
  });
  return port;
}

function nameOf(names: readonly string[], value: number | undefined): string | undefined {
  return value === undefined ? undefined : (names[value] ?? String(value));
}
