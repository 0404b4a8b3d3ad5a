/** Tracked connections (ctnetlink: IPCTNL_MSG_CT_GET of linux/netfilter/nfnetlink_conntrack.h), both families. */
import type { Conntrack } from '../src/model/conntrack.ts';
import type { Gap } from '../src/model/gap.ts';
import { type Files, type NamespaceHandle, SystemError } from '../src/system/system.ts';
import { parseEntry } from './conntrack-entry.ts';
import { dumpEach } from './netlink/dump.ts';

/** NFNL_SUBSYS_CTNETLINK in the upper byte. */
const GET_ENTRIES = 0x0101;
/** struct nfgenmsg; family 0 asks for every one. */
const NFGENMSG_BYTES = 4;
/** Entries kept of one namespace. A busy router has a million; nobody reads that many, and each costs memory. */
const ENTRIES_KEPT = 10_000;
const SYSCTLS = '/proc/sys/net/netfilter';

/** The entries of a namespace, and a gap where there are more than are kept. Throws `SystemError`. */
export function readConntrack(
  { files }: { readonly files: Files },
  namespace: NamespaceHandle,
  kept = ENTRIES_KEPT,
): { readonly conntrack: Conntrack; readonly gaps: readonly Gap[] } {
  const count = numberOf(() => namespace.readText(`${SYSCTLS}/nf_conntrack_count`));
  const max = numberOf(() => namespace.readText(`${SYSCTLS}/nf_conntrack_max`));
  const sizes = { ...(count === undefined ? {} : { count }), ...(max === undefined ? {} : { max }) };
  // A dump walks the whole machine's table, which takes milliseconds even where there is nothing of this namespace;
  // and where the module is not loaded, asking would load it.
  if (count === 0 || (count === undefined && !isLoaded(files)))
    return { conntrack: { entries: [], total: 0, ...sizes }, gaps: [] };
  const entries: Conntrack['entries'][number][] = [];
  let total = 0;
  try {
    dumpEach(
      namespace,
      'netfilter',
      { type: GET_ENTRIES, header: new Uint8Array(NFGENMSG_BYTES) },
      (payload) => {
        total += 1;
        const entry = entries.length < kept ? parseEntry(payload) : undefined;
        if (entry) entries.push(entry);
      },
    );
  } catch (error) {
    if (error instanceof SystemError && error.code === 'EINVAL')
      throw new SystemError(
        'EINVAL',
        'conntrack',
        'this kernel does not tell (modprobe nf_conntrack_netlink)',
      );
    throw error;
  }
  return {
    conntrack: { entries, total, ...sizes },
    gaps: entries.length < total ? [shortened(entries.length, total)] : [],
  };
}

function shortened(shown: number, total: number): Gap {
  const said = (count: number) => count.toLocaleString('en-US');
  return { probe: 'conntrack', reason: `showing ${said(shown)} of ${said(total)} entries` };
}

/** A namespace of a user without rights is not shown the sysctls, so the own one is asked as well. */
function isLoaded(files: Files): boolean {
  return numberOf(() => files.readText(`${SYSCTLS}/nf_conntrack_max`)) !== undefined;
}

function numberOf(read: () => string): number | undefined {
  try {
    const value = Number.parseInt(read(), 10);
    return Number.isNaN(value) ? undefined : value;
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
