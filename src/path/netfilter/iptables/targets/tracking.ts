/** CT --notrack and NOTRACK: the packet gets no connection, unless it has one already, as on the loopback (xt_CT.c). */
import { hasConnection } from '../../conditions/connection.ts';
import type { Step } from '../../program.ts';

export const stopTracking: readonly Step[] = [
  {
    kind: 'change',
    change: (packet) => {
      const { connection } = packet;
      if (hasConnection(connection) === 'yes') return packet;
      const state = connection.state === 'unknown' ? 'unknown' : 'untracked';
      return { ...packet, connection: { ...connection, state } };
    },
  },
];
