/**
 * The family of causes 'a rule or a policy drops it': which of them a drop is, and what they have in common. A chain's
 * name is looked at only to tell whose rule it is; what the rules do was evaluated.
 */

import type { DockerNetwork } from '../model/container.ts';
import type { Evidence } from '../model/diagnosis.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Fault } from '../path/walk.ts';
import { type CheckContext, findFault } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';

export type Filtered = Extract<Fault, { kind: 'filtered' }>;

export type FilterCause =
  | 'ctr-output-block'
  | 'host-no-upstream'
  | 'raw-drop'
  | 'mangle-drop'
  | 'network-internal'
  | 'networks-isolated'
  | 'legacy-nft-split'
  | 'forward-policy-drop'
  | 'docker-user-block';

/** The first drop that is of this cause. */
export function findFiltered(context: CheckContext, cause: FilterCause): Filtered | undefined {
  return findFault(context, 'filtered', (fault) => classify(context.snapshot, fault) === cause);
}

function classify(snapshot: Snapshot, fault: Filtered): FilterCause {
  const { namespace, hook, decision, inLink, outLink } = fault;
  const { table, ruleset, rule } = decision;
  if (hook === 'OUTPUT') return namespace.kind === 'host' ? 'host-no-upstream' : 'ctr-output-block';
  if (table === 'raw') return 'raw-drop';
  if (table === 'mangle') return 'mangle-drop';
  const byEngine = !rule || isEngineChain(decision.chain);
  const inNetwork = findNetwork(snapshot, inLink);
  const outNetwork = findNetwork(snapshot, outLink);
  if (byEngine && (inNetwork?.internal || outNetwork?.internal)) return 'network-internal';
  if (byEngine && inNetwork && outNetwork && inNetwork.id !== outNetwork.id) return 'networks-isolated';
  if (ruleset.flavour === 'legacy' && hasRules(namespace, 'nft')) return 'legacy-nft-split';
  if (ruleset.flavour === 'nft' && hasEngineChain(namespace, 'legacy') && !hasEngineChain(namespace, 'nft'))
    return 'legacy-nft-split';
  if (!rule) return 'forward-policy-drop';
  if (!isEngineChain(decision.chain)) return 'docker-user-block';
  // The engine did not answer, but only its own isolation rules drop what a container sends.
  return inLink?.kind === 'bridge' && outLink?.kind === 'bridge' ? 'networks-isolated' : 'network-internal';
}

/** The Docker network that a bridge carries. */
export function findNetwork({ networks }: Snapshot, link: Link | undefined): DockerNetwork | undefined {
  return (
    link &&
    networks.find(({ bridge, name }) => bridge === link.name || (name === link.network && name !== ''))
  );
}

/** The rule or policy and its counters, with the command that shows them. */
export function filterEvidence({ namespace, decision, packet, hook }: Filtered): readonly Evidence[] {
  const { ruleset, table, chain, rule } = decision;
  const tool = iptablesTool(ruleset.family, ruleset.flavour);
  const packets = rule ? rule.counters.packets : policyPackets(namespace, decision);
  const counted = packets === undefined ? '' : ` (${packets} packets so far)`;
  return [
    {
      source: commandIn(namespace, tool, '-t', table, '-S', chain, '-v'),
      value: `${rule ? rule.text : `-P ${chain} DROP`}${counted}`,
    },
    {
      source: `evaluation of hook ${hook}`,
      value: [
        `${packet.source} → ${packet.destination}`,
        ...(packet.inLink === undefined ? [] : [`in ${packet.inLink}`]),
        ...(packet.outLink === undefined ? [] : [`out ${packet.outLink}`]),
        packet.state,
        `by ${decision.via.join(' → ')}`,
      ].join(', '),
    },
  ];
}

/** Deletes the deciding rule by its number, which needs no quoting of its text. */
export function deleteRule({ namespace, decision }: Filtered): readonly string[] {
  const { ruleset, table, chain, rule } = decision;
  if (!rule) return [];
  const tool = iptablesTool(ruleset.family, ruleset.flavour);
  return [commandIn(namespace, tool, '-t', table, '-D', chain, String(rule.number))];
}

/** What the deciding rule or policy is called in one line. */
export function filterSubject({ decision }: Filtered): string {
  return decision.rule ? decision.rule.text : `-P ${decision.chain} DROP`;
}

/** Docker's and podman's own chains. DOCKER-USER is kept for the user's rules and never touched by the engine. */
function isEngineChain(name: string): boolean {
  return name !== 'DOCKER-USER' && /^(DOCKER|NETAVARK|CNI)(?=$|[-_])/.test(name);
}

function hasEngineChain(namespace: Namespace, flavour: string): boolean {
  return tablesOf(namespace, flavour).some(({ chains }) => chains.some(({ name }) => isEngineChain(name)));
}

function hasRules(namespace: Namespace, flavour: string): boolean {
  return tablesOf(namespace, flavour).some(({ chains }) => chains.some(({ rules }) => rules.length > 0));
}

function tablesOf({ rulesets = [] }: Namespace, flavour: string) {
  return rulesets.filter((ruleset) => ruleset.flavour === flavour).flatMap(({ tables }) => tables);
}

function policyPackets(
  namespace: Namespace,
  { ruleset, table, chain }: Filtered['decision'],
): number | undefined {
  return namespace.rulesets
    ?.find(({ family, flavour }) => family === ruleset.family && flavour === ruleset.flavour)
    ?.tables.find(({ name }) => name === table)
    ?.chains.find(({ name }) => name === chain)?.counters.packets;
}
