/**
 * The family of causes 'a rule or a policy drops it': which of them a drop is, and what they have in common. A chain's
 * name is looked at only to tell whose rule it is; what the rules do was evaluated.
 */

import type { DockerNetwork } from '../model/container.ts';
import type { Evidence } from '../model/diagnosis.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { contains } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, findFault } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';

export type Filtered = Extract<Fault, { kind: 'filtered' }>;

export type FilterCause =
  | 'ctr-output-block'
  | 'host-input-drop'
  | 'nft-native-drop'
  | 'firewalld-zone-reject'
  | 'filter-accept-missing'
  | 'l2-filter-drop'
  | 'netdev-hook-drop'
  | 'host-no-upstream'
  | 'raw-drop'
  | 'mangle-drop'
  | 'network-internal'
  | 'networks-isolated'
  | 'legacy-nft-split'
  | 'forward-policy-drop'
  | 'docker-user-block'
  | 'docker28-direct-drop'
  | 'icc-off'
  | 'br-netfilter-drop';

/** The first drop that is of this cause. */
export function findFiltered(context: CheckContext, cause: FilterCause): Filtered | undefined {
  return findFault(context, 'filtered', (fault) => classify(context.snapshot, fault) === cause);
}

function classify(snapshot: Snapshot, fault: Filtered): FilterCause {
  const { namespace, family, hook, decision, inLink, outLink } = fault;
  const { table, world, rule } = decision;
  if (family === 'netdev') return 'netdev-hook-drop';
  if (family === 'bridge') return 'l2-filter-drop';
  const isHost = namespace.kind === 'host';
  if (isHost && world !== 'nft' && table === 'mangle') return 'mangle-drop';
  if (hook === 'output') return isHost ? 'host-no-upstream' : 'ctr-output-block';
  if (hook === 'input') return isHost ? 'host-input-drop' : 'ctr-output-block';
  if (isBridged(fault)) return isIccOff(snapshot, fault) ? 'icc-off' : 'br-netfilter-drop';
  if (world === 'nft') return table === 'firewalld' ? 'firewalld-zone-reject' : 'nft-native-drop';
  if (table === 'raw') return classifyRaw(snapshot, fault);
  if (table === 'mangle') return 'mangle-drop';
  const byEngine = !rule || isEngineChain(decision.chain);
  const inNetwork = findNetwork(snapshot, inLink);
  const outNetwork = findNetwork(snapshot, outLink);
  if (byEngine && (inNetwork?.internal || outNetwork?.internal)) return 'network-internal';
  if (byEngine && inNetwork && outNetwork && inNetwork.id !== outNetwork.id) return 'networks-isolated';
  if (world === 'iptables-legacy' && !isAtHome(namespace, 'legacy') && hasRules(namespace, 'nft'))
    return 'legacy-nft-split';
  if (world === 'iptables-nft' && hasEngineChain(namespace, 'legacy') && !hasEngineChain(namespace, 'nft'))
    return 'legacy-nft-split';
  if (!rule) return isAcceptLost(fault) ? 'filter-accept-missing' : 'forward-policy-drop';
  if (!isEngineChain(decision.chain)) return 'docker-user-block';
  if (isClosing(fault) && inLink?.kind !== 'bridge') return 'docker28-direct-drop';
  // The engine did not answer, but only its own isolation rules drop what a container sends.
  return inLink?.kind === 'bridge' && outLink?.kind === 'bridge' ? 'networks-isolated' : 'network-internal';
}

/** A frame that passes from one port of a bridge to another, and meets rules of IP all the same. */
function isBridged({ packet: { physIn, physOut }, inLink, outLink, hook }: Filtered): boolean {
  if (physIn === undefined || physOut === undefined) return false;
  return hook === 'forward' ? inLink?.ifindex === outLink?.ifindex : outLink?.kind === 'bridge';
}

function isIccOff(snapshot: Snapshot, { outLink, decision: { rule, chain } }: Filtered): boolean {
  if (findNetwork(snapshot, outLink)?.options['com.docker.network.bridge.enable_icc'] !== 'false')
    return false;
  return chain !== 'DOCKER-USER' && (!rule || isForBridge(rule.text, outLink?.name));
}

function isForBridge(text: string, bridge: string | undefined): boolean {
  const words = text.split(' ');
  const at = words.indexOf('-o');
  return at >= 0 && words[at + 1] === bridge;
}

/** `! -i BRIDGE -o BRIDGE -j DROP`, with which Docker 28 closes its chain for each bridge: what was not published. */
function isClosing({ outLink, decision: { rule } }: Filtered): boolean {
  const [, name, same] = /! -i (\S+) -o (\S+) -j DROP$/.exec(rule?.text ?? '') ?? [];
  return name !== undefined && name === same && name === outLink?.name;
}

/** What Docker 28 drops there comes from the outside, or from another of its networks. */
function classifyRaw(snapshot: Snapshot, fault: Filtered): FilterCause {
  if (!isDirectDrop(fault)) return 'raw-drop';
  return findNetwork(snapshot, fault.inLink) ? 'networks-isolated' : 'docker28-direct-drop';
}

/** `-d CONTAINER ! -i BRIDGE -j DROP`, which Docker 28 writes for each address of a container. */
function isDirectDrop({ namespace, decision: { rule } }: Filtered): boolean {
  const [, address, name] =
    /^-A PREROUTING -d (\S+?)(?:\/\d+)? ! -i (\S+)( .*)? -j DROP$/.exec(rule?.text ?? '') ?? [];
  const bridge = namespace.links?.find((link) => link.kind === 'bridge' && link.name === name);
  return bridge?.addresses.some((own) => contains(own, address ?? '') === true) ?? false;
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
  const { chain, rule, verdict } = decision;
  const counters = rule ? rule.counters : policyCounters(namespace, decision);
  const counted = counters === undefined ? '' : ` (${counters.packets} packets so far)`;
  const text = rule ? rule.text : `policy of ${chain}: ${verdict.kind}`;
  return [
    { source: showCommand(namespace, decision), value: `${text}${counted}` },
    {
      source: `evaluation of hook ${hook}`,
      value: [
        `${packet.source} → ${packet.destination}`,
        ...(packet.inLink === undefined ? [] : [`in ${packet.inLink}`]),
        ...(packet.outLink === undefined ? [] : [`out ${packet.outLink}`]),
        packet.connection.state,
        `by ${decision.via.join(' → ')}`,
      ].join(', '),
    },
  ];
}

/** The command that shows the chain in which the decision fell. */
function showCommand(namespace: Namespace, { world, family, table, chain }: Filtered['decision']): string {
  if (world === 'nft') return commandIn(namespace, 'nft', '-a', 'list', 'chain', family, table, chain);
  return commandIn(namespace, toolOf({ world, family }), '-t', table, '-S', chain, '-v');
}

/** Deletes the deciding rule by its handle or number, which needs no quoting of its text. */
export function deleteRule({ namespace, decision }: Filtered): readonly string[] {
  const { world, family, table, chain, rule } = decision;
  if (!rule) return [];
  if (world === 'nft') {
    if (rule.handle === undefined) return [];
    return [
      commandIn(namespace, 'nft', 'delete', 'rule', family, table, chain, 'handle', String(rule.handle)),
    ];
  }
  return [commandIn(namespace, toolOf({ world, family }), '-t', table, '-D', chain, String(rule.number))];
}

/** The program that wrote, shows and changes the rules of one of iptables' worlds. */
export function toolOf({ world, family }: Pick<Filtered['decision'], 'world' | 'family'>): string {
  return iptablesTool(family === 'ip6' ? 'ipv6' : 'ipv4', world === 'iptables-legacy' ? 'legacy' : 'nft');
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

/** The engine, or whoever translates addresses, writes its rules in this flavour: a drop in it is no stranger's. */
function isAtHome(namespace: Namespace, flavour: string): boolean {
  if (hasEngineChain(namespace, flavour)) return true;
  const translations = tablesOf(namespace, flavour).filter(({ name }) => name === 'nat');
  return translations.some(({ chains }) => chains.some(({ rules }) => rules.length > 0));
}

/**
 * A translated packet that the policy drops although the rules of its bridge are there: FORWARD names the bridge that the
 * packet leaves by, and only the accept for what was published is gone.
 */
function isAcceptLost({ namespace, decision, outLink, packet: { connection } }: Filtered): boolean {
  if (connection.destinationTranslated !== 'yes' || connection.direction === 'reply') return false;
  const flavour = decision.world === 'iptables-legacy' ? 'legacy' : 'nft';
  return tablesOf(namespace, flavour).some(
    ({ name, chains }) =>
      name === decision.table &&
      chains.some(
        (chain) =>
          chain.name === decision.chain && chain.rules.some(({ text }) => isForBridge(text, outLink?.name)),
      ),
  );
}

function hasRules(namespace: Namespace, flavour: string): boolean {
  return tablesOf(namespace, flavour).some(({ chains }) => chains.some(({ rules }) => rules.length > 0));
}

function tablesOf({ rulesets = [] }: Namespace, flavour: string) {
  return rulesets.filter((ruleset) => ruleset.flavour === flavour).flatMap(({ tables }) => tables);
}

function policyCounters(namespace: Namespace, { world, family, table, chain }: Filtered['decision']) {
  return namespace.rulesets
    ?.find((one) => `iptables-${one.flavour}` === world && (one.family === 'ipv6' ? 'ip6' : 'ip') === family)
    ?.tables.find(({ name }) => name === table)
    ?.chains.find(({ name }) => name === chain)?.counters;
}
