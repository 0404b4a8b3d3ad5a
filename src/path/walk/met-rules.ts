/** The rules that the packet meets on its way, until it is lost. */
import type { MetRule } from '../../model/met-rule.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { HookResult } from '../netfilter/evaluate-hook.ts';

export class MetRules {
  private readonly rules: MetRule[] = [];
  private isOver = false;

  /** What one hook had for the packet. */
  add({ id }: Namespace, { met, verdict }: HookResult): void {
    if (this.isOver) return;
    for (const { world, family, table, chain, rule, matched } of met) {
      const { number, handle } = rule;
      const named = { namespace: id, world, family, table, chain, number, matched };
      this.rules.push(handle === undefined ? named : { ...named, handle });
    }
    if (verdict === 'drop' || verdict === 'reject') this.end();
  }

  /** The packet is lost: what is met behind that is met in thought only. */
  end(): void {
    this.isOver = true;
  }

  all(): readonly MetRule[] {
    return this.rules;
  }
}
