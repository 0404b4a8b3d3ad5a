/** What a check is: one cause, found or ruled out from a walk over a snapshot. */
import type { Cause, Flow } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Fault, FaultKind } from '../path/walk/fault.ts';
import type { RoundTrip } from '../path/walk/round-trip.ts';

export type CheckContext = {
  readonly snapshot: Snapshot;
  readonly from: Namespace;
  readonly flow: Flow;
  /** There and back. */
  readonly walk: RoundTrip;
  /** Hears which faults a check goes by. */
  readonly note?: (fault: Fault) => void;
};

export type Check = {
  /** The cause's id; scripts rely on it. */
  readonly id: string;
  readonly title: string;
  /** The facts it stands on, in the words of a snapshot. */
  readonly needs: readonly string[];
  /** `degrades`: some packets are lost and others pass; absent: all are lost. */
  readonly weight?: 'degrades';
  /** Ids that are only consequences of this cause. */
  readonly silences?: readonly string[];
  /** Undefined: not the cause. Inconclusive: a fact it needs is missing. */
  readonly evaluate: (context: CheckContext) => Cause | undefined | 'inconclusive';
};

/** A cause without what its check already knows. */
export type CauseDetails = Omit<Cause, 'id' | 'title'>;

/** A check whose `evaluate` needs not repeat id and title. */
export function defineCheck(
  check: Omit<Check, 'evaluate'> & {
    readonly evaluate: (context: CheckContext) => CauseDetails | undefined | 'inconclusive';
  },
): Check {
  const { id, title, evaluate } = check;
  return {
    ...check,
    evaluate: (context) => {
      const found = evaluate(context);
      return found === undefined || found === 'inconclusive' ? found : { id, title, ...found };
    },
  };
}

/** The first fault of this kind, in the order the packet meets them. */
export function findFault<Kind extends FaultKind>(
  { walk, note }: CheckContext,
  kind: Kind,
  fits: (fault: Extract<Fault, { kind: Kind }>) => boolean = () => true,
): Extract<Fault, { kind: Kind }> | undefined {
  const found = walk.faults.find(
    (fault): fault is Extract<Fault, { kind: Kind }> =>
      fault.kind === kind && fits(fault as Extract<Fault, { kind: Kind }>),
  );
  if (found) note?.(found);
  return found;
}
