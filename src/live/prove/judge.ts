/**
 * What a proof makes of a diagnosis. An answer is an answer, whatever the rules say; a loss is proven where it was
 * observed; and what was seen elsewhere leaves the diagnosis undecided rather than wrong. Pure.
 */
import type { Cause, Diagnosis, Evidence } from '../../model/diagnosis.ts';
import type { Trace } from '../../path/trace-flow.ts';
import type { RoundTrip } from '../../path/walk/round-trip.ts';
import { agreeOn, findLoss, isRelayed, type Loss, seenUntranslated, tracedDrop } from './agree.ts';

import type { Outcome, Proof, TracedRule } from './proof.ts';

/** The diagnosis with the proof's part in it. */
export function judge(diagnosis: Diagnosis, { trip }: Trace, proof: Proof): Diagnosis {
  const { sent, answered, lastSeen, weaker } = proof;
  const outcome = `${formatOutcome(proof.outcome)}${answered > 0 && trip ? remark(diagnosis, trip) : ''}`;
  const told: Diagnosis = {
    ...diagnosis,
    live: { ran: true, sent, answered, lastSeen, outcome, ...(weaker.length > 0 ? { weaker } : {}) },
  };
  if (proof.outcome.kind === 'aborted' || !trip) return told;
  if (answered > 0) return judgeAnswered(told, trip);
  const loss = findLoss(trip);
  if (loss) return judgeLoss(told, loss, proof);
  const drop = tracedDrop(proof);
  if (drop) return { ...told, verdict: 'broken', causes: [droppedBy(drop)] };
  if (seenUntranslated(trip, proof)) return confirm(told, proof, () => true);
  const lossy = diagnosis.causes.find(({ id }) => LOSES_ANYTHING.has(id));
  if (diagnosis.verdict === 'degraded' && lossy)
    return confirm({ ...told, verdict: 'broken' }, proof, (cause) => cause === lossy);
  const isMute = diagnosis.flow.proto === 'udp' && proof.outcome.kind === 'silent';
  if (diagnosis.verdict !== 'works' && diagnosis.verdict !== 'degraded') return told;
  // A service that takes a datagram need not answer: it has arrived where the walk delivers it, and nobody refused it.
  const { end } = trip;
  const arrived =
    end.how === 'delivered' &&
    proof.seen.some(({ what, namespace }) => what === 'request' && namespace === end.namespace.name);
  return isMute && arrived ? told : { ...told, verdict: 'undecided', causes: [] };
}

/** An answer of docker-proxy says nothing of the container behind it: for that, what was read still stands. */
function judgeAnswered(told: Diagnosis, trip: RoundTrip): Diagnosis {
  if (told.verdict === 'degraded') return told;
  if (!isRelayed(trip)) return { ...told, verdict: 'works', causes: [] };
  const loss = findLoss(trip);
  return loss && !loss.behindRelay ? { ...told, verdict: 'undecided', causes: [] } : told;
}

function judgeLoss(told: Diagnosis, loss: Loss, proof: Proof): Diagnosis {
  const agreement = agreeOn(loss, proof);
  const { hop } = loss;
  if (agreement === 'confirmed')
    return confirm({ ...told, verdict: 'broken' }, proof, (cause) => isAbout(cause, loss), hop.namespace);
  const drop = tracedDrop(proof);
  if (drop) return { ...told, verdict: 'broken', causes: [droppedBy(drop)] };
  if (agreement === 'open') return told;
  // The walk may lose it a step early, where the fault keeps neighbours from being found that know each other already.
  const place = proof.seen.findLast(({ what, forAnother }) => what === loss.what && !forAnother);
  const here = told.causes.find(({ namespace }) => place?.way === 'in' && namespace === place.namespace);
  if (!here) return { ...told, verdict: 'undecided', causes: [] };
  return hasCounted(here, proof) ? confirm(told, proof, (cause) => cause === here) : told;
}

/** Of what lets some packets pass and loses others: those that may lose one of any size, a probe too. */
const LOSES_ANYTHING: ReadonlySet<string> = new Set(['dup-ip', 'dup-mac', 'qdisc-loss']);

/** Counters that say one thing alone. */
const COUNTED: Readonly<Record<string, string>> = { 'rp-filter-strict': 'TcpExtIPReversePathFilter' };

function hasCounted({ id, namespace }: Cause, { counters }: Proof): boolean {
  return counters.some((one) => one.namespace === namespace && one.name === COUNTED[id]);
}

function isAbout({ evidence, subject }: Cause, { hop: { rule } }: Loss): boolean {
  if (!rule || rule === 'policy') return false;
  return subject.includes(rule.text) || evidence.some(({ value }) => value.includes(rule.text));
}

/** The cause that fits, else the first of that namespace, is proven and comes first. */
function confirm(
  told: Diagnosis,
  proof: Proof,
  fits: (cause: Cause) => boolean,
  namespace?: string,
): Diagnosis {
  const { causes } = told;
  const found =
    causes.find(fits) ??
    causes.find((cause) => cause.namespace === namespace) ??
    (causes.length === 1 ? causes[0] : undefined);
  if (!found) return told;
  const proven: Cause = {
    ...found,
    confidence: 'proven',
    evidence: [...found.evidence, ...evidenceOf(told, proof, found.namespace)],
  };
  return { ...told, causes: [proven, ...causes.filter((cause) => cause !== found)] };
}

function evidenceOf({ flow: { from } }: Diagnosis, proof: Proof, namespace: string): readonly Evidence[] {
  const { sent, lastSeen, outcome, counters } = proof;
  const drop = tracedDrop(proof);
  return [
    {
      source: `${sent} ${sent === 1 ? 'probe' : 'probes'} from ${from}`,
      value: `${formatOutcome(outcome)}; ${lastSeen === null ? 'seen on no link' : `last seen at ${lastSeen}`}`,
    },
    ...(drop ? [{ source: `nft monitor trace in ${drop.namespace}`, value: formatRule(drop) }] : []),
    ...counters
      .filter((one) => one.namespace === namespace)
      .map(({ name, gained }) => ({
        source: `counters in ${namespace}, which other traffic moves too`,
        value: `${name} +${gained}`,
      })),
  ];
}

/** The kernel says so itself, although nothing that was read explains it. */
function droppedBy(drop: TracedRule): Cause {
  const { namespace, family, table, chain, handle } = drop;
  return {
    id: 'unknown',
    title: 'A rule drops the packet',
    confidence: 'proven',
    namespace,
    subject: formatRule(drop),
    evidence: [{ source: `nft monitor trace in ${namespace}`, value: formatRule(drop) }],
    fix: [],
    more: `The kernel told of this rule while a probe passed. None of the causes that are looked for fits it: the rules may have changed since they were read. nft -a list chain ${family} ${table} ${chain} shows it${handle === undefined ? '' : `, as handle ${handle}`}.`,
  };
}

function formatRule({ family, table, chain, number, handle, kind }: TracedRule): string {
  const place = `chain ${chain} of table ${family} ${table}`;
  if (kind === 'policy') return `the policy of ${place} drops`;
  return number === undefined ? `handle ${handle} in ${place} drops` : `rule ${number} of ${place} drops`;
}

/** Such as `refused by 172.17.0.3`. */
function formatOutcome(outcome: Outcome): string {
  if (outcome.kind === 'answered') return 'answered';
  if (outcome.kind === 'aborted') return 'ended before an answer came';
  if (outcome.kind === 'refused') return `refused${outcome.from === undefined ? '' : ` by ${outcome.from}`}`;
  const { icmp } = outcome;
  const said = icmp ? `ICMP type ${icmp.type} code ${icmp.code} from ${icmp.from}` : '';
  if (outcome.kind === 'silent') return said === '' ? 'no answer' : `no answer but ${said}`;
  return said === '' ? outcome.errno : `${outcome.errno}, by ${said}`;
}

function remark({ verdict }: Diagnosis, trip: RoundTrip): string {
  if (isRelayed(trip)) return ' by a process in between, whose own connection was not tried';
  return verdict === 'broken' ? ', although by all that was read it is lost' : '';
}
