/** Asking nf_tables of one namespace over netlink (linux/netfilter/nf_tables.h): dumps, and the ruleset's generation. */
import type { NamespaceHandle } from '../../src/system/system.ts';
import type { Span } from '../netlink/attributes.ts';
import { Fields } from '../netlink/fields.ts';
import { decodeDatagram, encodeRequest, type Payload } from '../netlink/message.ts';

/** NFT_MSG_GET*, with NFNL_SUBSYS_NFTABLES in the upper byte. */
export const NFT = {
  getTable: 0x0a01,
  getChain: 0x0a04,
  getRule: 0x0a07,
  getSet: 0x0a0a,
  getGeneration: 0x0a10,
} as const;

/** struct nfgenmsg: family, version, resource id. */
const NFGENMSG_BYTES = 4;
const NFTA_GEN_ID = 1;
/** linux/netfilter.h, NFPROTO_* */
const FAMILIES: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

const NUMBERS = { ip: 2, ip6: 10 } as const;

/** One answer: the family it is of, as nft names it (a number where it has no name), and its attributes. */
export type NftAnswer = { readonly family: string; readonly fields: Fields };

/** What is asked for; everything of every family where nothing is said. */
type Wanted = { readonly family?: 'ip' | 'ip6'; readonly attributes?: readonly Uint8Array[] };

/** All answers to a dump. Throws `SystemError`, or an error with the errno when the kernel refuses. */
export function dumpNft(namespace: NamespaceHandle, type: number, wanted: Wanted = {}): readonly NftAnswer[] {
  return [...exchange(namespace, type, true, wanted)].map(answerOf);
}

/**
 * The attributes of each answer to a dump, one after the other as the kernel says them: thousands need not be kept. Throws the
 * same.
 */
export function* eachOfNft(namespace: NamespaceHandle, type: number, wanted: Wanted): Generator<Span> {
  for (const { view, start, end } of exchange(namespace, type, true, wanted))
    yield { view, at: start + NFGENMSG_BYTES, end };
}

/** A number that is another one after each change of the rules, whoever made it. Throws the same. */
export function readGeneration(namespace: NamespaceHandle): number | undefined {
  for (const answer of exchange(namespace, NFT.getGeneration, false, {}))
    return answerOf(answer).fields.u32(NFTA_GEN_ID);
  return undefined;
}

function* exchange(
  namespace: NamespaceHandle,
  type: number,
  dump: boolean,
  { family, attributes = [] }: Wanted,
): Generator<Payload> {
  const header = new Uint8Array(NFGENMSG_BYTES);
  header[0] = family === undefined ? 0 : NUMBERS[family];
  const socket = namespace.openNetlink('netfilter');
  try {
    socket.send(encodeRequest({ type, header, attributes, dump }, 1));
    for (;;) {
      const { payloads, done, errno } = decodeDatagram(socket.receive(), 1);
      if (errno > 0) throw new Error(`the kernel answered errno ${errno}`);
      yield* payloads;
      if (done || (!dump && payloads.length > 0)) return;
    }
  } finally {
    socket.close();
  }
}

function answerOf({ view, start, end }: Payload): NftAnswer {
  const number = view.getUint8(start);
  return {
    family: FAMILIES[number] ?? String(number),
    fields: new Fields(view, start + NFGENMSG_BYTES, end),
  };
}
