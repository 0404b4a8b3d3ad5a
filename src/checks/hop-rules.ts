/** The rule behind a hop: the command that shows it, and the one that deletes it. */
import type { DecidingRule, Evidence, Hop } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { CheckContext } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';

export function ruleEvidence(context: CheckContext, { namespace, detail, rule }: Hop): readonly Evidence[] {
  const at = findByName(context, namespace);
  if (!at || !rule || rule === 'policy') return [{ source: 'evaluation of the rules', value: detail }];
  return [{ source: commandIn(at, ...showing(rule, detail)), value: rule.text }];
}

export function deleteHopRule(context: CheckContext, { namespace, detail, rule }: Hop): readonly string[] {
  const at = findByName(context, namespace);
  if (!at || !rule || rule === 'policy') return [];
  const { family, table, chain, handle, number } = rule;
  if (handle !== undefined)
    return [commandIn(at, 'nft', 'delete', 'rule', family, table, chain, 'handle', String(handle))];
  if (number === undefined) return [];
  return [commandIn(at, toolOf(rule, detail), '-t', table, '-D', chain, String(number))];
}

function showing(rule: DecidingRule, detail: string): readonly string[] {
  const { family, table, chain, handle } = rule;
  if (handle !== undefined) return ['nft', '-a', 'list', 'chain', family, table, chain];
  return [toolOf(rule, detail), '-t', table, '-S', chain, '-v'];
}

/** A hop's words say which of iptables' worlds its rule belongs to. */
function toolOf({ family }: DecidingRule, detail: string): string {
  return iptablesTool(
    family === 'ip6' ? 'ipv6' : 'ipv4',
    detail.includes('(iptables-legacy)') ? 'legacy' : 'nft',
  );
}

function findByName({ snapshot }: CheckContext, name: string): Namespace | undefined {
  return snapshot.namespaces.find((namespace) => namespace.name === name);
}
