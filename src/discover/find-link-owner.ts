/**
 * The namespace behind a link of the host, by the link's name alone: the host's socket asks for that one link, and for
 * links of the same name in every other namespace by nsid (IFLA_TARGET_NETNSID), so that hardly any is entered.
 */

import { openRtnetlink } from '../../probes/netlink/socket.ts';
import { readNsid } from '../../probes/nsids.ts';
import { isPlainLinkName, readOneLink } from '../../probes/one-link.ts';
import { isPairKind } from '../model/link.ts';
import type { NamespaceHandle, System } from '../system/system.ts';
import type { OpenNamespace } from './open-namespaces.ts';
import type { Place } from './place.ts';

/**
 * The inode of the namespace that the peer of the host's link `name` is in. Undefined where the host has no such pair
 * link, where another of `places` has a link of that name too, or the peer is in none of them.
 */
export function findLinkOwner(
  system: System,
  host: Pick<OpenNamespace, 'id' | 'rtnetlink'>,
  places: readonly Place[],
  name: string,
): string | undefined {
  const own = isPlainLinkName(name) ? readOneLink(host.rtnetlink, { name }) : undefined;
  if (!own || !isPairKind(own.kind) || own.lowerNsid === undefined) return undefined;
  let owner: string | undefined;
  const seen = new Set([host.id]);
  for (const { path, inode } of places) {
    if (inode !== undefined && seen.has(inode)) continue;
    const handle = system.namespaces.open(path);
    try {
      if (seen.has(handle.id)) continue;
      seen.add(handle.id);
      const nsid = readNsid(host.rtnetlink, handle);
      if (hasLink(host, handle, nsid, name)) return undefined;
      if (nsid === own.lowerNsid) owner = handle.id;
    } finally {
      handle.close();
    }
  }
  return owner;
}

/** A namespace that the host has no number for must be entered. */
function hasLink(
  host: Pick<OpenNamespace, 'rtnetlink'>,
  handle: NamespaceHandle,
  nsid: number | undefined,
  name: string,
): boolean {
  if (nsid !== undefined) return readOneLink(host.rtnetlink, { name }, nsid) !== undefined;
  const rtnetlink = openRtnetlink(handle);
  try {
    return readOneLink(rtnetlink, { name }) !== undefined;
  } finally {
    rtnetlink.close();
  }
}
