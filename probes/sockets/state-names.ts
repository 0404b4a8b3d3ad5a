/** States of sockets that wait for somebody (net/tcp_states.h), named as ss(8) names them. */
import type { Socket } from '../../src/model/socket.ts';

export const TCP_CLOSE = 7;
export const TCP_LISTEN = 10;

export function stateName(protocol: Socket['protocol'], state: number): string {
  if (state === TCP_LISTEN) return 'LISTEN';
  return state === TCP_CLOSE && protocol === 'udp' ? 'UNCONN' : String(state);
}
