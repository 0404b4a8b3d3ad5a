/** The base chains of nftables itself. */
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Unread } from './firewall.ts';
import type { BaseChain } from './program.ts';

/** The base chains, and sentences about what of nftables was not read. */
export function nftBases(
  _snapshot: Pick<Snapshot, 'gaps'>,
  { name, nftables }: Pick<Namespace, 'id' | 'name' | 'nftables'>,
): { readonly bases: readonly BaseChain[]; readonly unread: readonly Unread[] } {
  if (!nftables) return { bases: [], unread: [{ text: `the rules of nftables in ${name} were not read` }] };
  return { bases: [], unread: [] };
}
