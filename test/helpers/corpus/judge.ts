/** Whether a diagnosis is right about a case. */
import type { Diagnosis } from '../../../src/model/diagnosis.ts';

/** What is right of a fault that was put in. */
type Known = { readonly id: string; readonly also?: readonly string[] };

export type Judgement = {
  readonly outcome: 'right' | 'undecided' | 'wrong';
  /** The verdict and the causes, in their order. */
  readonly said: string;
  /** Of two faults, whether the second is named as well. */
  readonly bothNamed?: boolean;
};

/** To say that something works that does not is as wrong as to blame what is healthy. */
export function judge(
  { verdict, causes }: Diagnosis,
  { faults }: { readonly faults: readonly { readonly kind: Known }[] },
): Judgement {
  const ids = causes.map(({ id }) => id);
  const said = `${verdict}${ids.length > 0 ? `: ${ids.join(', ')}` : ''}`;
  const [first, second] = faults;
  if (!first) {
    if (ids.length > 0 || verdict === 'broken' || verdict === 'degraded') return { outcome: 'wrong', said };
    return { outcome: verdict === 'works' ? 'right' : 'undecided', said };
  }
  if (fits(first.kind, ids[0]))
    return {
      outcome: 'right',
      said,
      ...(second ? { bothNamed: ids.slice(1).some((id) => fits(second.kind, id)) } : {}),
    };
  const isOpen = (ids.length === 0 && verdict === 'undecided') || ids[0] === 'unknown';
  return { outcome: isOpen ? 'undecided' : 'wrong', said };
}

function fits({ id, also = [] }: Known, said: string | undefined): boolean {
  return said !== undefined && [id, ...also].includes(said);
}
