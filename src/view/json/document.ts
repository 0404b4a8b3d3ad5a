/** The frame of every JSON document: schema, version, time, gaps (docs/json.md). */
import type { Gap } from '../../model/gap.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** A document of `netpeek.<command>/1` over a snapshot; `body` follows the common head. */
export function jsonDocument(
  command: string,
  version: string,
  { takenAt, gaps }: { readonly takenAt: string; readonly gaps: readonly Gap[] },
  body: object,
): object {
  return { schema: `netpeek.${command}/1`, netpeek: version, takenAt, gaps, ...body };
}

/** The gaps that concern these namespaces: the host's own and theirs. */
export function gapsOf(snapshot: Snapshot, namespaces: readonly { readonly id: string }[]): readonly Gap[] {
  const ids = new Set(namespaces.map(({ id }) => id));
  return snapshot.gaps.filter((gap) => gap.namespace === undefined || ids.has(gap.namespace));
}
