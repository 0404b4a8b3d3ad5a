/** `bridge-port-isolated`: both ports are isolated, and isolated ports never reach each other (bridge(8), `isolated`). */
import { portCheck, setPort } from './port-blocked.ts';

export const bridgePortIsolated = portCheck({
  id: 'bridge-port-isolated',
  title: 'Both bridge ports are isolated from each other',
  how: 'isolated',
  shows: ({ other }) => `isolated on${other ? `, as ${other.name}` : ''}`,
  fix: (fault) => [setPort(fault, 'isolated', 'off')],
  more: 'An isolated port exchanges frames only with ports that are not isolated, and with the bridge itself. So the gateway and the internet work, and the neighbour on the same bridge is silent, without any rule or counter. Some engines and orchestrators set it on purpose; then this is by design.',
});
