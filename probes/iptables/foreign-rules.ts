/**
 * Rules in iptables' own tables that iptables-nft did not write (NFT_MSG_GETRULE; linux/netfilter/nf_tables.h). Beside xt's
 * matches and targets it writes few expressions itself, and iptables-save 1.8 takes any other for one of them, or leaves it
 * out: `tcp sequence 5 drop` becomes `-p tcp -j DROP`, and `icmp type != 5` becomes `--icmp-type 5`.
 */
import type { NamespaceHandle } from '../../src/system/system.ts';
import { attribute, eachAttribute, findAttribute, type Span } from '../netlink/attributes.ts';
import { eachOfNft, NFT } from '../nft/ask.ts';
import { isOfIptables, type NativeTable } from './native-tables.ts';

const NFTA_RULE = { table: 1, expressions: 4 };
const LIST_ELEMENT = 1;
const NFTA_EXPRESSION = { name: 1, data: 2 };
const NFTA_META = { key: 2, source: 3 };
const NFTA_PAYLOAD = { base: 2, offset: 3, length: 4, source: 5 };
const NFTA_CMP_OP = 2;
/** NFT_META_MARK, IIFNAME, OIFNAME, L4PROTO; NFTRACE is what the target TRACE sets. */
const META_KEYS: ReadonlySet<number> = new Set([3, 6, 7, 16]);
const META_NFTRACE = 12;
const BASE = { network: 1, transport: 2 };
/** NFT_CMP_NEQ: beyond it are the comparisons by size. */
const CMP_NEQ = 1;

/** The tables of iptables-nft that hold such a rule. Throws `SystemError`, or an error with the errno. */
export function readTablesWithForeignRules(
  namespace: NamespaceHandle,
  tables: readonly NativeTable[],
): readonly NativeTable[] {
  return tables.filter((table) => {
    if (!isOfIptables(table)) return false;
    const family = table.family === 'ip' ? 'ip' : 'ip6';
    const name = attribute(NFTA_RULE.table, new TextEncoder().encode(`${table.name}\0`));
    for (const rule of eachOfNft(namespace, NFT.getRule, { family, attributes: [name] }))
      if (isForeign(expressionsOf(rule), family)) return true;
    return false;
  });
}

function expressionsOf(rule: Span): readonly Span[] {
  const list = findAttribute(rule, NFTA_RULE.expressions);
  const found: Span[] = [];
  if (!list) return found;
  const { view, at: start, end } = list;
  eachAttribute(view, start, end, (type, at, length) => {
    if (type === LIST_ELEMENT) found.push({ view, at, end: at + length });
  });
  return found;
}

/** What stands in the register that is compared next. */
type Loaded = 'port' | 'other' | undefined;

function isForeign(expressions: readonly Span[], family: 'ip' | 'ip6'): boolean {
  const seen: number[] = [];
  let loaded: Loaded;
  for (const expression of expressions) {
    const name = nameOf(expression);
    if (name === undefined) continue;
    const data = findAttribute(expression, NFTA_EXPRESSION.data);
    if (name === 'meta' || name === 'payload') {
      const key = data && (name === 'meta' ? metaKey(data) : payloadKey(data, family));
      // iptables asks for nothing twice; of two answers its print keeps the last.
      if (key === undefined || seen.includes(key)) return true;
      seen.push(key);
      loaded = key === PORT_KEYS.source || key === PORT_KEYS.destination ? 'port' : 'other';
    } else if (name === 'range' && loaded !== 'port') return true;
    else if (name === 'cmp' && loaded !== 'port' && data && (u32(data, NFTA_CMP_OP) ?? 0) > CMP_NEQ)
      return true;
  }
  return false;
}

const NAMES = ['meta', 'payload', 'range', 'cmp'] as const;
const CODES = NAMES.map((name) => [name, new TextEncoder().encode(`${name}\0`)] as const);

/** Of an expression that matters here; thousands are read, so that their names are compared as bytes. */
function nameOf(expression: Span): (typeof NAMES)[number] | undefined {
  const span = findAttribute(expression, NFTA_EXPRESSION.name);
  if (!span) return undefined;
  for (const [name, code] of CODES) if (isText(span, code)) return name;
  return undefined;
}

function isText({ view, at, end }: Span, code: Uint8Array): boolean {
  if (end - at !== code.length) return false;
  for (let index = 0; index < code.length; index += 1)
    if (view.getUint8(at + index) !== code[index]) return false;
  return true;
}

/** In network byte order. */
function u32(data: Span, type: number): number | undefined {
  const span = findAttribute(data, type);
  return span && span.end - span.at >= 4 ? span.view.getUint32(span.at, false) : undefined;
}

/** What an expression reads, as a number of its own: a key of meta, or beyond them all a place in the packet. */
const PLACE_KEYS = { network: 0x1000, transport: 0x2000 };
const PORT_KEYS = { source: PLACE_KEYS.transport, destination: PLACE_KEYS.transport + 2 };

/** Undefined where iptables reads no such thing. */
function metaKey(data: Span): number | undefined {
  const key = u32(data, NFTA_META.key) ?? -1;
  if (findAttribute(data, NFTA_META.source)) return key === META_NFTRACE ? key : undefined;
  return META_KEYS.has(key) ? key : undefined;
}

function payloadKey(data: Span, family: 'ip' | 'ip6'): number | undefined {
  const [base, offset] = [u32(data, NFTA_PAYLOAD.base), u32(data, NFTA_PAYLOAD.offset)];
  const length = u32(data, NFTA_PAYLOAD.length) ?? 0;
  if (offset === undefined || findAttribute(data, NFTA_PAYLOAD.source)) return undefined;
  if (base === BASE.transport) {
    const isPort = length === 2 && (offset === 0 || offset === 2);
    const isFlags = offset === 13 && length === 1;
    return isPort || isFlags ? PLACE_KEYS.transport + offset : undefined;
  }
  if (base !== BASE.network) return undefined;
  // Of an address, only the bytes of the prefix are read.
  const [source, destination, width] = family === 'ip' ? [12, 16, 4] : [8, 24, 16];
  const isAddress = (offset === source || offset === destination) && length <= width;
  const isFragment = family === 'ip' && offset === 6 && length === 2;
  const isProtocol = family === 'ip' && offset === 9 && length === 1;
  return isAddress || isFragment || isProtocol ? PLACE_KEYS.network + offset : undefined;
}
