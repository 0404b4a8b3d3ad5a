/** One iptables rule as steps: its conditions, then what its target does (iptables(8), iptables-extensions(8)). */
import type { Rule, Table } from '../../../model/firewall.ts';
import type { RuleProgram } from '../program.ts';

export function compileRule({ number, text, counters }: Rule, _table: Table): RuleProgram {
  return {
    ref: { number, text, counters },
    steps: [
      { kind: 'test', test: () => 'unknown' },
      { kind: 'decide', decide: () => [{ kind: 'unknown' }] },
    ],
  };
}
