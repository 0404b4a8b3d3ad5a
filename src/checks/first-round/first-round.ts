/** The first round of a doctor: every way that is expected to work is walked over one snapshot, and what is found is told by weight. */
import type { Cause, Diagnosis } from '../../model/diagnosis.ts';
import type { CheckedWay, FirstRound, WayResult } from '../../model/first-round.ts';
import { findOpenHop } from '../../model/open-hop.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { AskKernel } from '../../path/route/query.ts';
import { type Diagnosed, diagnose } from '../diagnose.ts';
import { groupFindings } from './group-findings.ts';
import { planRound } from './plan-round.ts';
import type { PlannedWay } from './planned-way.ts';

export type Rounded = {
  readonly round: FirstRound;
  /** Ids of namespaces whose tables would be needed and were not read. */
  readonly wanted: readonly string[];
};

/** Makes a round that may be walked again over the same snapshot with more tables: only ways that wanted some of them are. */
export function startRound(): (snapshot: Snapshot, ask?: AskKernel) => Rounded {
  const done = new Map<string, Diagnosed>();
  return (snapshot, ask) => {
    const plan = planRound(snapshot);
    const walked = plan.ways.map((way) => {
      const key = JSON.stringify(way.request);
      const diagnosed = done.get(key) ?? diagnose(snapshot, way.request, ask);
      if (diagnosed.wanted.length === 0) done.set(key, diagnosed);
      return { way, diagnosed };
    });
    const checked = walked.map(({ way, diagnosed }, index) => checkedWay(index + 1, way, diagnosed));
    const causes = walked.flatMap(({ diagnosed }, index) =>
      causesOf(diagnosed.diagnosis).map((cause) => ({ n: index + 1, cause })),
    );
    return {
      round: { checked, causes: groupFindings(causes), leftOut: plan.leftOut },
      wanted: [...new Set([...plan.wanted, ...walked.flatMap(({ diagnosed }) => diagnosed.wanted)])],
    };
  };
}

function checkedWay(n: number, { kind, about }: PlannedWay, { diagnosis, trace }: Diagnosed): CheckedWay {
  const { flow, verdict } = diagnosis;
  const result = judge(diagnosis);
  const { open } = findOpenHop(diagnosis);
  const undecided = trace.reason ?? open?.detail ?? 'nothing of the way was seen';
  return { n, kind, about, flow, verdict, result, ...(result === 'undecided' ? { undecided } : {}) };
}

/** What somebody closed stays closed whatever is mended: a fault beside is no matter of this way. */
function causesOf({ causes }: Diagnosis): readonly Cause[] {
  const wanted = causes.filter(({ byDesign }) => byDesign);
  return wanted.length > 0 ? wanted : causes;
}

function judge(diagnosis: Diagnosis): WayResult {
  const [cause] = causesOf(diagnosis);
  if (cause) return cause.byDesign ? 'by-design' : 'fault';
  const { verdict } = diagnosis;
  return verdict === 'works' || findOpenHop(diagnosis).isEnd ? 'fine' : 'undecided';
}
