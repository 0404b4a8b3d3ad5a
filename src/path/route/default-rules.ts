/** The policy rules that every namespace begins with (fib_default_rules_init() of net/ipv4/fib_rules.c, and its IPv6 sister). */
import type { Family } from '../../model/address.ts';
import type { PolicyRule } from '../../model/policy-rule.ts';

const lookup = (family: Family, priority: number, table: string): PolicyRule => ({
  family,
  priority,
  action: 'lookup',
  table,
  not: false,
});

export const DEFAULT_RULES: Readonly<Record<Family, readonly PolicyRule[]>> = {
  ipv4: [lookup('ipv4', 0, 'local'), lookup('ipv4', 32766, 'main'), lookup('ipv4', 32767, 'default')],
  ipv6: [lookup('ipv6', 0, 'local'), lookup('ipv6', 32766, 'main')],
};

/** Whether these are the rules of a namespace in which nobody changed any; their maker does not matter. */
export function isDefault(rules: readonly PolicyRule[], family: Family): boolean {
  const wanted = DEFAULT_RULES[family];
  return rules.length === wanted.length && wanted.every((rule, index) => isSame(rule, rules[index], family));
}

/** Whether these are some of them, and no others. */
export function isPartOfDefault(rules: readonly PolicyRule[], family: Family): boolean {
  return rules.every((rule) => DEFAULT_RULES[family].some((wanted) => isSame(wanted, rule, family)));
}

function isSame(wanted: PolicyRule, rule: PolicyRule | undefined, family: Family): boolean {
  if (!rule) return false;
  const { protocol: _maker, ...conditions } = rule;
  return (
    conditions.priority === wanted.priority &&
    conditions.table === wanted.table &&
    conditions.family === family &&
    conditions.action === 'lookup' &&
    !conditions.not &&
    Object.keys(conditions).length === Object.keys(wanted).length
  );
}
