/**
 * The sets of ipset(8) of one namespace (IPSET_CMD_LIST of linux/netfilter/ipset/ip_set.h), asked for over netlink: the
 * same dump that `ipset save` prints.
 */
import type { Gap } from '../../src/model/gap.ts';
import type { IpSet, IpSetEntry } from '../../src/model/ipset.ts';
import { type Files, type NamespaceHandle, SystemError } from '../../src/system/system.ts';
import { attribute, eachAttribute } from '../netlink/attributes.ts';
import { dumpEach } from '../netlink/dump.ts';
import { ATTRIBUTE, parseElement, parseHead, type SetHead } from './parse-set.ts';

/** NFNL_SUBSYS_IPSET in the upper byte. */
const LIST_SETS = 0x0607;
/** struct nfgenmsg: family, version, resource id. */
const NFGENMSG_BYTES = 4;
/** IPSET_PROTOCOL; the kernel answers this and the one before it. */
const PROTOCOL_VERSION = 7;
/** Elements kept of one set. Lists of addresses to block hold hundreds of thousands; nobody reads them. */
const ELEMENTS_KEPT = 10_000;
/** There while the module is loaded, or built in. */
const MODULE = '/sys/module/ip_set';

type OpenSet = { readonly head: SetHead; readonly entries: IpSetEntry[]; total: number };

/** The sets, and a gap for each that is not whole, or one gap where they cannot be read. */
export function readIpsets(
  { files }: { readonly files: Pick<Files, 'list'> },
  namespace: NamespaceHandle,
  kept = ELEMENTS_KEPT,
): { readonly facts: { readonly ipsets?: readonly IpSet[] }; readonly gaps: readonly Gap[] } {
  try {
    // Where the module is not loaded there are no sets, and asking would load it.
    const ipsets = isLoaded(files) ? dumpSets(namespace, kept) : [];
    return { facts: { ipsets }, gaps: ipsets.flatMap((set) => shortened(set, namespace)) };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const needs = error.code === 'EPERM' ? { needs: 'run as root (CAP_NET_ADMIN)' } : {};
    return {
      facts: {},
      gaps: [{ probe: 'ipset', namespace: namespace.id, reason: `ipsets: ${error.message}`, ...needs }],
    };
  }
}

function dumpSets(namespace: NamespaceHandle, kept: number): readonly IpSet[] {
  const sets = new Map<string, OpenSet>();
  const header = new Uint8Array(NFGENMSG_BYTES);
  const attributes = [attribute(ATTRIBUTE.protocol, Uint8Array.of(PROTOCOL_VERSION))];
  dumpEach(namespace, 'netfilter', { type: LIST_SETS, header, attributes }, ({ view, start, end }) => {
    const from = start + NFGENMSG_BYTES;
    const head = parseHead(view, from, end);
    // A large set takes several answers; only the first of them says what it is.
    const set = sets.get(head.name) ?? { head, entries: [], total: 0 };
    sets.set(head.name, set);
    eachAttribute(view, from, end, (type, at, length) => {
      if (type !== ATTRIBUTE.elements) return;
      eachAttribute(view, at, at + length, (_, inner, size) => {
        set.total += 1;
        if (set.entries.length < kept)
          set.entries.push(parseElement(view, inner, inner + size, set.head.type));
      });
    });
  });
  return [...sets.values()].map(closeSet);
}

function closeSet({ head, entries, total }: OpenSet): IpSet {
  return { ...head, entries, ...(total > entries.length ? { total } : {}) };
}

function shortened({ name, entries, total }: IpSet, { id }: NamespaceHandle): readonly Gap[] {
  if (total === undefined) return [];
  const said = (count: number) => count.toLocaleString('en-US');
  const reason = `showing the first ${said(entries.length)} of ${said(total)} elements of the set ${name}`;
  return [{ probe: 'ipset', namespace: id, reason }];
}

function isLoaded(files: Pick<Files, 'list'>): boolean {
  try {
    files.list(MODULE);
    return true;
  } catch (error) {
    if (error instanceof SystemError && error.code === 'ENOENT') return false;
    throw error;
  }
}
