/** `host-input-drop`: the host's own INPUT chains drop what a container, or somebody outside, sends to it. */
import { filterCheck } from './filter-check.ts';

export const hostInputDrop = filterCheck({
  id: 'host-input-drop',
  title: "The host's firewall drops what is sent to the host itself",
  more: 'What is addressed to the host passes INPUT and never FORWARD: a service of the host, a resolver on the bridge address, a published port that docker-proxy serves. ufw and firewalld close INPUT by default, and containers count as strangers there. Accept the bridge, or the one port, in INPUT.',
});
