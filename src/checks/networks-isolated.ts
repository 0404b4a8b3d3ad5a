/** `networks-isolated`: the destination is on another Docker network, and networks are kept apart. By design. */
import { filterCheck } from './filter-check.ts';

export const networksIsolated = filterCheck({
  id: 'networks-isolated',
  title: 'The two Docker networks are isolated from each other, by design',
  byDesign: true,
  fix: () => [],
  more: 'This is by design: Docker drops what goes from the bridge of one network to the bridge of another, so that networks are boundaries. Connect both containers to one network (docker network connect NETWORK CONTAINER) and use the name of the other container there, or publish a port.',
});
