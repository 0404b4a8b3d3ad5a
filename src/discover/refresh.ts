/** Reads one namespace of a snapshot again, with more sections or just anew, and keeps what the snapshot resolved. */
import { openRtnetlink } from '../../probes/netlink/socket.ts';
import { type NamespaceFacts, type Section, withFresh } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { Link, LinkFact } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { System } from '../system/system.ts';
import { parentIfindex } from './find-parents.ts';
import { gapOf } from './gaps.ts';
import { openSame } from './open-same.ts';
import { readNamespace, type Wanted } from './read-namespace.ts';

export type Refreshed = {
  readonly namespace: Namespace;
  readonly gaps: readonly Gap[];
  /** The set of links, or their wiring, is no longer the snapshot's: a scan must resolve it anew. */
  readonly rewired: boolean;
};

/** Fresh facts of one namespace, link counters included; `shared` is what several readings look at together. A namespace that is gone comes back as it was, with a gap. */
export async function refreshNamespace(
  system: System,
  namespace: Namespace,
  sections: readonly Section[],
  shared: Pick<Wanted, 'holders' | 'askProgram'> = {},
): Promise<Refreshed> {
  try {
    const handle = openSame(system, namespace);
    const rtnetlink = openRtnetlink(handle);
    try {
      const open = { id: namespace.id, handle, rtnetlink, places: [] };
      const { facts, gaps } = await readNamespace(system, open, namespace, {
        sections: new Set(sections),
        stats: true,
        ...shared,
      });
      return { ...mergeFacts(namespace, facts), gaps };
    } finally {
      rtnetlink.close();
      handle.close();
    }
  } catch (error) {
    return { namespace, gaps: [gapOf('netns', error, namespace.id)], rewired: true };
  }
}

function mergeFacts(namespace: Namespace, { links, ...facts }: NamespaceFacts): Omit<Refreshed, 'gaps'> {
  const fresh = withFresh<Namespace>(namespace, facts);
  if (!links) return { namespace: fresh, rewired: false };
  const known = new Map((namespace.links ?? []).map((link) => [link.ifindex, link]));
  const merged = links.flatMap((fact) => mergeLink(fact, known.get(fact.ifindex)) ?? []);
  return {
    namespace: { ...fresh, links: merged.sort((a, b) => a.ifindex - b.ifindex) },
    rewired: merged.length !== links.length || links.length !== known.size,
  };
}

/** The link with its own facts renewed; undefined when it is not the link that was resolved. */
function mergeLink(fact: LinkFact, link: Link | undefined): Link | undefined {
  const { masterIfindex, lowerIfindex, lowerNsid: _nsid, ...own } = fact;
  if (!link || link.name !== fact.name || link.kind !== fact.kind) return undefined;
  if ((link.master?.ifindex ?? undefined) !== masterIfindex) return undefined;
  if (link.peer && lowerIfindex !== undefined && link.peer.ifindex !== lowerIfindex) return undefined;
  if (link.parent && link.parent.ifindex !== parentIfindex(fact)) return undefined;
  // What the kernel no longer says of it (an XDP program, an alias) must go, so only what was resolved is kept.
  const { addresses, peer, peerUnknown, parent, parentUnknown, master, network } = link;
  return {
    ...own,
    addresses,
    peer,
    ...(peerUnknown === undefined ? {} : { peerUnknown }),
    ...(parent === undefined ? {} : { parent }),
    ...(parentUnknown === undefined ? {} : { parentUnknown }),
    master,
    network,
  };
}
