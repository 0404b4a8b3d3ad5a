/** `icc-off`: the network keeps its containers from each other (com.docker.network.bridge.enable_icc=false). By design. */
import { filterCheck } from './filter-check.ts';

export const iccOff = filterCheck({
  id: 'icc-off',
  title: 'The network keeps its containers apart, by design',
  byDesign: true,
  fix: () => [],
  more: 'This is by design: a network made with enable_icc=false drops what goes from one of its containers to another, although they share a bridge; only the outside and published ports are reached. Make a network without that option for containers that are to talk to each other.',
});
