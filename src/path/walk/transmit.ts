/** A routed packet is handed to its link: whether the link can send it, how large it is, and to which MAC it goes. */
import { checkSize, checkState } from './link-state.ts';
import { resolveNeighbour } from './neighbour.ts';
import { joinSaid } from './say.ts';
import type { Step } from './state.ts';
import { hasNoMac } from './without-asking.ts';

export const transmit: Step<'transmit'> = (world, { namespace, link, packet, nextHop }) => {
  const place = { namespace, link };
  const resolved = resolveNeighbour(world, { place, packet, nextHop });
  const said = joinSaid(checkState(world, place), checkSize(world, place, packet), resolved);
  if (resolved.ends) return { ...said, end: { how: resolved.ends } };
  const { sourceMac: _source, destinationMac: _destination, ...bare } = packet;
  const { straightTo } = resolved;
  return {
    ...said,
    next: {
      ...(straightTo ? { at: 'frame-in', ...straightTo } : { at: 'frame-out', namespace, link }),
      packet: {
        ...bare,
        ...(hasNoMac(link) ? {} : { sourceMac: link.mac }),
        ...(resolved.mac === undefined ? {} : { destinationMac: resolved.mac }),
      },
    },
  };
};
