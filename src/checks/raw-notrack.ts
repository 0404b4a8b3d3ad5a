/** `raw-notrack`: a rule keeps the packet from connection tracking, and so from every translation (nf_conntrack, IP_CT_UNTRACKED). */
import type { Namespace } from '../model/namespace.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';

type Untracked = Extract<Fault, { kind: 'not-translated' | 'no-listener' | 'filtered' }>;

export const rawNotrack = defineCheck({
  id: 'raw-notrack',
  title: 'A rule keeps the packet from connection tracking, and so from translation',
  needs: ['rulesets'],
  silences: [
    'masq-missing',
    'masq-mismatch',
    'forward-policy-drop',
    'filter-accept-missing',
    'dnat-missing',
    'svc-not-listening',
    'no-return-route',
  ],
  evaluate: (context) => {
    const fault = findUntracked(context);
    const rule = fault && findRule(fault.namespace);
    if (!rule) return undefined;
    return {
      confidence: 'likely',
      namespace: fault.namespace.name,
      subject: rule.text,
      evidence: [
        { source: rule.shown, value: rule.text },
        {
          source: 'evaluation of the rules',
          value: `${fault.packet.source} → ${fault.packet.destination} is untracked behind PREROUTING`,
        },
      ],
      fix: [rule.remove],
      more: 'NOTRACK in table raw, or notrack in a chain of nftables before connection tracking, makes the packet one that no connection is remembered for. MASQUERADE and DNAT work on connections: they do not even look at it, and rules that accept established packets do not match its answers. All rules of the tables that people list look healthy. Narrow the rule, or delete it.',
    };
  },
});

/** Lost because it is untracked: not translated, at a port of the host itself, or taken by a policy. */
function findUntracked(context: CheckContext): Untracked | undefined {
  const isUntracked = ({ packet }: Untracked) => packet.connection.state === 'untracked';
  return (
    findFault(context, 'not-translated', isUntracked) ??
    findFault(context, 'no-listener', isUntracked) ??
    findFault(context, 'filtered', (fault) => isUntracked(fault) && !fault.decision.rule)
  );
}

/** The first rule of the namespace that says so: both iptables flavours, then nftables itself. */
function findRule(namespace: Namespace) {
  for (const { family, flavour, tables } of namespace.rulesets ?? [])
    for (const table of tables)
      for (const chain of table.chains)
        for (const { text, target, number } of chain.rules) {
          if (target !== 'NOTRACK' && !(target === 'CT' && text.includes('--notrack'))) continue;
          const at = [iptablesTool(family, flavour), '-t', table.name];
          return {
            text,
            shown: commandIn(namespace, ...at, '-S', chain.name, '-v'),
            remove: commandIn(namespace, ...at, '-D', chain.name, String(number)),
          };
        }
  for (const { family, name, chains } of namespace.nftables ?? [])
    for (const chain of chains)
      for (const { text, statements, handle } of chain.rules) {
        if (!statements.some(({ kind }) => kind === 'notrack')) continue;
        return {
          text,
          shown: commandIn(namespace, 'nft', '-a', 'list', 'chain', family, name, chain.name),
          remove: commandIn(
            namespace,
            'nft',
            'delete',
            'rule',
            family,
            name,
            chain.name,
            'handle',
            String(handle),
          ),
        };
      }
  return undefined;
}
