/** FDB entries in a snapshot file. */
import type { FdbEntry } from '../../../model/fdb.ts';
import { list, number, object, optional, text } from '../decode.ts';

export const fdbEntry = object<FdbEntry>({
  mac: text,
  ifindex: number,
  masterIfindex: optional(number),
  vlan: optional(number),
  destination: optional(text),
  port: optional(number),
  vni: optional(number),
  viaIfindex: optional(number),
  nexthopId: optional(number),
  state: text,
  flags: list(text),
});
