/** What a link is to its master: IFLA_INFO_SLAVE_KIND and IFLA_INFO_SLAVE_DATA (linux/if_link.h, linux/if_bridge.h). */
import type { Port } from '../../src/model/link-details.ts';
import { type Fields, said } from '../netlink/fields.ts';

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

/** The port of a master of this kind; without data, only what kind of member it is. */
export function parsePort(kind: string, data: Fields | undefined): Port {
  if (data !== undefined)
    switch (kind) {
      case 'bridge':
        return said({
          kind,
          state: nameOf(BRIDGE_STATES, data.u8(BRPORT.state)),
          priority: data.u16(BRPORT.priority),
          cost: data.u32(BRPORT.cost),
          isolated: data.bool(BRPORT.isolated),
          hairpin: data.bool(BRPORT.mode),
          learning: data.bool(BRPORT.learning),
          flood: data.bool(BRPORT.unicastFlood),
          multicastFlood: data.bool(BRPORT.multicastFlood),
          broadcastFlood: data.bool(BRPORT.broadcastFlood),
          locked: data.bool(BRPORT.locked),
          guard: data.bool(BRPORT.guard),
        });
      case 'bond':
        return said({
          kind,
          state: nameOf(BOND_STATES, data.u8(BOND_SLAVE.state)),
          miiStatus: nameOf(BOND_LINK_STATES, data.u8(BOND_SLAVE.miiStatus)),
          linkFailures: data.u32(BOND_SLAVE.linkFailureCount),
        });
      case 'vrf':
        return said({ kind, table: data.u32(IFLA_VRF_PORT_TABLE) });
    }
  return { kind: 'other', of: kind };
}

function nameOf(names: readonly string[], value: number | undefined): string | undefined {
  return value === undefined ? undefined : (names[value] ?? String(value));
}
