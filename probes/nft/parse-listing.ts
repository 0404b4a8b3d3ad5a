/** What `nft -j list` prints (libnftables-json(5)): a list of things, each an object of one member that says what it is. */
import { asRecord } from '../json-values.ts';
import { verbatimText } from './verbatim.ts';

/** Its things, in nft's order; `unparsed` is output that is no such list. */
export type Listing = { readonly items: readonly unknown[]; readonly unparsed: readonly string[] };

/** Never throws. */
export function parseListing(json: string): Listing {
  try {
    const { nftables } = asRecord(JSON.parse(json));
    if (Array.isArray(nftables)) return { items: nftables, unparsed: [] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { items: [], unparsed: [verbatimText(json)] };
}
