/** The few links of the host that matter to other namespaces: the far ends of their pairs, and what those are ports of. */

import { readNsid } from '../../probes/nsids.ts';
import { readOneLink } from '../../probes/one-link.ts';
import { isPairKind, type LinkFact } from '../model/link.ts';
import type { OpenNamespace } from './open-namespaces.ts';
import { peerIfindex } from './pair-links.ts';

export type NearEnds = { readonly open: OpenNamespace; readonly links: readonly LinkFact[] };

/**
 * Asks the host for each link that an end in `namespaces` names, by ifindex, and for its master. Whether it names that
 * end back is for `pair-links.ts` to see. Throws what the conversation throws.
 */
export function readFarEnds(host: OpenNamespace, namespaces: readonly NearEnds[]): readonly LinkFact[] {
  const ends = new Map<number, LinkFact>();
  const read = (ifindex: number) => {
    const link = ends.get(ifindex) ?? readOneLink(host.rtnetlink, { ifindex });
    if (link) ends.set(ifindex, link);
    return link;
  };
  for (const { open, links } of namespaces) {
    const pairs = links.filter(({ kind, lowerNsid }) => isPairKind(kind) && lowerNsid !== undefined);
    const hostNsid = pairs.length > 0 ? readNsid(open.rtnetlink, host.handle) : undefined;
    for (const link of pairs) {
      if (link.lowerNsid !== hostNsid) continue;
      const master = read(peerIfindex(link))?.masterIfindex;
      if (master !== undefined) read(master);
    }
  }
  return [...ends.values()];
}
