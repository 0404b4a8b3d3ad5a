/** `bridge-port-state`: the port is listening, learning, blocking or disabled, and passes no frames (bridge(8)). */
import { portCheck, setPort, stateOf } from './port-blocked.ts';

export const bridgePortState = portCheck({
  id: 'bridge-port-state',
  title: 'The bridge port is not forwarding',
  how: 'state',
  shows: (fault) => `state ${stateOf(fault)}`,
  fix: (fault) => (stateOf(fault) === 'disabled' ? [setPort(fault, 'state', 'forwarding')] : []),
  more: 'With the spanning tree protocol on, a port listens and learns for twice the forward delay, 30 seconds by default, before it passes frames: a container that has just started seems dead until then. Turn STP off on bridges of containers, or make forward_delay short. Blocking means that the protocol sees a loop; disabled was set by hand or by a program, and stays.',
});
