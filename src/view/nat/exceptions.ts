/** Rules that spare packets from translations which would follow: those that matter, like ones together. */
import type { NftFamily, NftHook } from '../../model/nftables.ts';
import type { ShownChain } from '../rules/chains.ts';
import { areContrary, type Condition, uniteConditions } from './condition.ts';
import { asked, type Flattened, type Step } from './flatten.ts';

type Sparing = Exclude<Step, { kind: 'translate' }>;

/** One base chain and what it does. */
export type Run = Flattened & { readonly base: ShownChain; readonly hook: NftHook };

/** Exceptions that stand together and are alike but for their link are one sentence. */
export type Spared = {
  readonly key: string;
  readonly steps: readonly Sparing[];
  readonly conditions: readonly Condition[];
  /** Whether nothing else may translate what is spared. */
  readonly isAll: boolean;
};

export function sparedBy(run: Run, runs: readonly Run[]): readonly Spared[] {
  const { steps, hook, base } = run;
  const isOther = (one: Run) =>
    one !== run &&
    one.hook === hook &&
    areOfOneFamily(one.base.family, base.family) &&
    one.steps.some(({ kind }) => kind === 'translate');
  const others = runs.some(isOther);
  const groups: Spared[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'translate') continue;
    const follows = (from: number, to?: number) =>
      steps
        .slice(from, to)
        .filter((one) => one.kind === 'translate' && !areContrary(asked(step), asked(one)));
    if (follows(index + 1, step.until).length === 0) continue;
    const isAll = step.kind === 'drop' || (!others && follows(step.until).length === 0);
    const last = groups.at(-1);
    const isAlike = last && last.isAll === isAll;
    const joined = isAlike && joinSpared(last, step, steps[index - 1]);
    if (joined) groups[groups.length - 1] = joined;
    else groups.push({ key: `spared ${step.rule.key}`, steps: [step], conditions: asked(step), isAll });
  }
  return groups;
}

function joinSpared(group: Spared, step: Sparing, before: Step | undefined): Spared | undefined {
  const last = group.steps.at(-1);
  if (!last || before !== last || last.kind !== step.kind || last.chain !== step.chain) return undefined;
  const conditions = uniteConditions(group.conditions, asked(step));
  return conditions && { ...group, steps: [...group.steps, step], conditions };
}

function areOfOneFamily(one: NftFamily, other: NftFamily): boolean {
  return one === other || one === 'inet' || other === 'inet';
}
