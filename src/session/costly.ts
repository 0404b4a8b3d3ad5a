/** The sections of the focus that are not read at every beat, and how long each may wait. */
import type { Section } from '../model/facts.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** What is read again when the kernel tells of firewall rules. They cost a process for each family. */
export const RULES: readonly Section[] = ['rulesets'];
/** Sockets need a look at every process, and conntrack may be long. */
const COSTLY: readonly Section[] = ['sockets', 'conntrack'];
const COSTLY_BEATS = 2;
/** Rules of which the kernel tells are read for their counters alone. */
const TOLD_BEATS = 3;

/** Beats that have to pass before a section of this namespace is read again without an event. */
export function beatsBetween(section: Section, snapshot: Snapshot, namespace: Namespace): number {
  if (COSTLY.includes(section)) return COSTLY_BEATS;
  if (!RULES.includes(section)) return 0;
  return isHeard(snapshot, namespace) && !hasLegacyRules(namespace) ? TOLD_BEATS : COSTLY_BEATS;
}

/** Events come of our own namespace, and of those that have a number here. */
function isHeard(snapshot: Snapshot, { kind, nsids = [] }: Namespace): boolean {
  const own = snapshot.namespaces.find((one) => one.kind === 'host')?.id;
  return kind === 'host' || nsids.some(({ namespace }) => namespace === own);
}

/** Of legacy iptables nothing tells. */
function hasLegacyRules({ rulesets = [] }: Namespace): boolean {
  return rulesets.some(({ flavour, tables }) => flavour === 'legacy' && tables.length > 0);
}
