/**
 * The vlans of bridge ports (RTM_GETLINK dump of AF_BRIDGE, linux/if_bridge.h; bridge(8)). They are not part of a
 * link's own message, so they cost a second dump, which only a bridge that filters vlans is worth.
 */
import type { LinkFact } from '../../src/model/link.ts';
import type { PortVlans } from '../../src/model/link-details.ts';
import { attribute32, eachAttribute } from '../netlink/attributes.ts';
import type { Payload } from '../netlink/message.ts';
import { RTM } from '../netlink/rtnetlink.ts';
import type { Rtnetlink } from '../netlink/socket.ts';

const IFINFO_BYTES = 16;
const AF_BRIDGE = 7;
const IFLA_AF_SPEC = 26;
const IFLA_EXT_MASK = 29;
const IFLA_BRIDGE_VLAN_INFO = 2;
/** Vlans that follow each other come as a first and a last. */
const RTEXT_FILTER_BRVLAN_COMPRESSED = 4;
/** BRIDGE_VLAN_INFO_* */
const FLAG = { pvid: 2, untagged: 4, rangeBegin: 8, rangeEnd: 16 } as const;

/** The vlans of each port and of each bridge itself, by ifindex. Throws what the conversation throws. */
export function readPortVlans(rtnetlink: Rtnetlink): ReadonlyMap<number, readonly PortVlans[]> {
  const header = new Uint8Array(IFINFO_BYTES);
  header[0] = AF_BRIDGE;
  const attributes = [attribute32(IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED)];
  return new Map(
    rtnetlink
      .dump({ type: RTM.getLink, header, attributes })
      .map((payload) => [payload.view.getInt32(payload.start + 4, true), parsePortVlans(payload)]),
  );
}

/** The vlans in one RTM_NEWLINK message of AF_BRIDGE. */
export function parsePortVlans({ view, start, end }: Payload): readonly PortVlans[] {
  const vlans: PortVlans[] = [];
  let first: number | undefined;
  eachAttribute(view, start + IFINFO_BYTES, end, (type, specAt, specLength) => {
    if (type !== IFLA_AF_SPEC) return;
    eachAttribute(view, specAt, specAt + specLength, (inner, at, length) => {
      // struct bridge_vlan_info
      if (inner !== IFLA_BRIDGE_VLAN_INFO || length < 4) return;
      const flags = view.getUint16(at, true);
      const id = view.getUint16(at + 2, true);
      if ((flags & FLAG.rangeBegin) !== 0) {
        first = id;
        return;
      }
      vlans.push({
        first: (flags & FLAG.rangeEnd) === 0 ? id : (first ?? id),
        last: id,
        pvid: (flags & FLAG.pvid) !== 0,
        untagged: (flags & FLAG.untagged) !== 0,
      });
      first = undefined;
    });
  });
  return vlans;
}

/** The links with the vlans of those that are ports of a bridge that filters them. */
export function withPortVlans(
  links: readonly LinkFact[],
  vlansOf: ReadonlyMap<number, readonly PortVlans[]>,
): readonly LinkFact[] {
  const filtering = new Set(
    links.flatMap(({ ifindex, details }) =>
      details?.kind === 'bridge' && details.vlanFiltering ? [ifindex] : [],
    ),
  );
  return links.map((link) =>
    link.port?.kind === 'bridge' && filtering.has(link.masterIfindex ?? 0)
      ? { ...link, port: { ...link.port, vlans: vlansOf.get(link.ifindex) ?? [] } }
      : link,
  );
}
