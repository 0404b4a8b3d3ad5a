/** One cause that hits several ways is one finding. The heaviest comes first. */
import type { Cause } from '../../model/diagnosis.ts';
import type { Finding } from '../../model/first-round.ts';

/** Pieces of evidence kept of a cause; further ways repeat it with other addresses. */
const MOST_EVIDENCE = 4;

/** `causes` as each way has them, with the way's number. */
export function groupFindings(
  causes: readonly { readonly n: number; readonly cause: Cause }[],
): readonly Finding[] {
  const groups = new Map<string, Finding>();
  for (const { n, cause } of causes) {
    const key = JSON.stringify([cause.id, cause.namespace, cause.subject]);
    const before = groups.get(key);
    groups.set(key, before ? join(before, cause, n) : { ...cause, hits: [n] });
  }
  return [...groups.values()].toSorted(byWeight);
}

function join(before: Finding, { confidence, evidence, fix }: Cause, n: number): Finding {
  const isNew = before.evidence.length < MOST_EVIDENCE && !before.hits.includes(n);
  const sources = new Set(before.evidence.map(({ source }) => source));
  return {
    ...before,
    confidence: before.confidence === 'proven' ? 'proven' : confidence,
    evidence: isNew
      ? [...before.evidence, ...evidence.filter(({ source }) => !sources.has(source))].slice(0, MOST_EVIDENCE)
      : before.evidence,
    // What mends one way may leave another: all of it, once.
    fix: [...new Set([...before.fix, ...fix])],
    hits: before.hits.includes(n) ? before.hits : [...before.hits, n],
  };
}

/** What is by design last, then by how many ways are hit, then proven before likely; else as the checks have it. */
function byWeight(one: Finding, other: Finding): number {
  return (
    Number(one.byDesign ?? false) - Number(other.byDesign ?? false) ||
    other.hits.length - one.hits.length ||
    Number(one.confidence === 'likely') - Number(other.confidence === 'likely')
  );
}
