/** `hairpin-off`: the frame would have to leave by the port that it came in by (bridge(8), `hairpin`). */
import { portCheck, setPort } from './port-blocked.ts';

export const hairpinOff = portCheck({
  id: 'hairpin-off',
  title: 'The bridge does not send a frame back by the port it came from',
  how: 'hairpin',
  shows: () => 'hairpin off',
  fix: (fault) => [setPort(fault, 'hairpin', 'on')],
  more: "A bridge never sends a frame out by the port that it came in by, unless hairpin is on there. A container that asks for its own published port, by the host's address, needs just that once DNAT has turned the packet round to the container itself. Docker sets hairpin only with the userland proxy off; with it on, docker-proxy serves such requests as long as no rule translates them.",
});
