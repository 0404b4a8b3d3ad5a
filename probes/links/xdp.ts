/** The XDP programs of a link (IFLA_XDP, linux/if_link.h). Their names are not told here; see `xdp-programs.ts`. */
import type { Xdp } from '../../src/model/link-details.ts';
import type { Fields } from '../netlink/fields.ts';

const XDP = { attached: 2, programId: 4, driverId: 5, genericId: 6, offloadId: 7 } as const;
/** XDP_ATTACHED_*; 0 is none. */
const MODES = ['none', 'driver', 'generic', 'offload', 'multi'];

/** The `xdp` member of a link; nothing where no program is attached. */
export function parseXdp(xdp: Fields): { readonly xdp?: Xdp } {
  const attached = xdp.u8(XDP.attached) ?? 0;
  if (attached === 0) return {};
  const ids = [XDP.programId, XDP.driverId, XDP.genericId, XDP.offloadId].flatMap(
    (type) => xdp.u32(type) ?? [],
  );
  return { xdp: { mode: MODES[attached] ?? String(attached), programIds: [...new Set(ids)] } };
}
