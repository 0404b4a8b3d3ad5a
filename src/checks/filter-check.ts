/** A check for one cause of the family 'a rule or a policy drops it'. */
import { type Check, defineCheck } from './check.ts';
import {
  deleteRule,
  type FilterCause,
  type Filtered,
  filterEvidence,
  filterSubject,
  findFiltered,
} from './filtered.ts';

export type FilterCheck = {
  readonly id: FilterCause;
  readonly title: string;
  readonly more: string;
  readonly silences?: readonly string[];
  readonly byDesign?: true;
  /** Defaults to deleting the deciding rule. */
  readonly fix?: (fault: Filtered) => readonly string[];
};

/** Confidence stays `likely`: the rules were evaluated, the packet was not sent. */
export function filterCheck({ id, title, more, silences, byDesign, fix = deleteRule }: FilterCheck): Check {
  return defineCheck({
    id,
    title,
    needs: ['rulesets', 'routes', 'links'],
    ...(silences ? { silences } : {}),
    evaluate: (context) => {
      const fault = findFiltered(context, id);
      return (
        fault && {
          confidence: 'likely',
          namespace: fault.namespace.name,
          subject: filterSubject(fault),
          evidence: filterEvidence(fault),
          fix: fix(fault),
          more,
          ...(byDesign ? { byDesign } : {}),
        }
      );
    },
  });
}
