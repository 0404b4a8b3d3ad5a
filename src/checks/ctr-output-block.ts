/** `ctr-output-block`: the sender's own OUTPUT chain drops it before it reaches a link. */
import { filterCheck } from './filter-check.ts';

export const ctrOutputBlock = filterCheck({
  id: 'ctr-output-block',
  title: "The sender's own firewall drops the packet",
  more: "Rules inside the container's namespace decide before the host sees anything. VPN containers set OUTPUT to DROP and accept only the tunnel, and every container that shares their namespace (network_mode: container:…) inherits that. UDP and ping then fail with 'Operation not permitted', TCP times out.",
});
