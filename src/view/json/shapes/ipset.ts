/** Sets of ipset in a snapshot file. */
import type { IpSet, IpSetEntry } from '../../../model/ipset.ts';
import { type Decoder, flag, list, number, object, oneOf, optional, text } from '../decode.ts';

export const ipset: Decoder<IpSet> = object<IpSet>({
  name: text,
  type: text,
  family: optional(oneOf('ipv4', 'ipv6')),
  netmask: optional(text),
  entries: list(object<IpSetEntry>({ element: text, nomatch: flag })),
  total: optional(number),
});
