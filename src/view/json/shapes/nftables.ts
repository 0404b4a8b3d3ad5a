/** Tables of nftables in a snapshot file. */
import type { NftTable } from '../../../model/nftables.ts';
import { type Decoder, list, number, object, oneOf, text } from '../decode.ts';

const never = (): never => {
  throw new Error('rules of nftables are not read from files yet');
};

export const nftTable: Decoder<NftTable> = object<NftTable>({
  family: oneOf('ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'),
  name: text,
  handle: number,
  flags: list(text),
  chains: list(never),
  sets: list(never),
  objects: list(never),
  flowtables: list(never),
  unparsed: list(text),
});
