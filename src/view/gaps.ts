/** Gaps as sentences: what was not read, why, and what would help. */
import type { Section } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';

/** The tables of a namespace that a pane or a section may want. */
export type ReadSection = Section;

/** Whether a gap of this probe explains why the section is missing. */
export function gapExplains(gap: Gap, section: ReadSection): boolean {
  if (section === 'rulesets') return /^(rulesets|firewall|iptables|nft|nat|ipset)/.test(gap.probe);
  return gap.probe === section;
}

/** The gaps that concern a section of one namespace; those of the whole host included. */
function findGaps(snapshot: Snapshot, namespaceId: string, section: ReadSection): readonly Gap[] {
  return snapshot.gaps.filter(
    (gap) => (gap.namespace === undefined || gap.namespace === namespaceId) && gapExplains(gap, section),
  );
}

/** `web: iptables not read: iptables-save is not installed (apt install iptables)`, `web: routes: showing the first …`. */
export function formatGap(snapshot: Snapshot, gap: Gap): string {
  const namespace = gap.namespace === undefined ? undefined : findNamespace(snapshot, gap.namespace);
  const where = gap.namespace === undefined ? '' : `${namespace?.name ?? `inode:${gap.namespace}`}: `;
  // A table of which a part is shown was read.
  const what = /^showing /.test(gap.reason) ? gap.probe : `${gap.probe} not read`;
  return `${where}${what}: ${formatReason(gap)}`;
}

/** What stands in place of a table that was not read. */
export function formatNotRead(snapshot: Snapshot, namespaceId: string, section: ReadSection): string {
  const gaps = findGaps(snapshot, namespaceId, section);
  const reasons = [...new Set(gaps.map(formatReason))];
  return reasons.length === 0 ? 'not read yet' : `not read: ${reasons.join('; ')}`;
}

function formatReason(gap: Gap): string {
  return gap.needs === undefined ? gap.reason : `${gap.reason} (${gap.needs})`;
}
