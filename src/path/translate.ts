/**
 * POSTROUTING: whether the packet leaves with an address that the other side can answer (MASQUERADE, SNAT;
 * iptables-extensions(8)). A private source that nobody rewrites leaves, and no answer finds the way back.
 */
import type { Rule, Ruleset } from '../model/firewall.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Decision } from './evaluate-chain.ts';
import { evaluateNat, type Firewall, viewFirewall } from './evaluate-hook.ts';
import { decidingRule } from './format-decision.ts';
import { filter, type Passage } from './forward.ts';
import { evaluateMatch } from './match.ts';
import type { Packet } from './packet.ts';
import { contains, isPrivate } from './prefix.ts';
import { lookUpRoute } from './route-lookup.ts';
import type { DraftHop, Stretch } from './walk.ts';

export function translate(snapshot: Snapshot, passage: Passage): Stretch<true> {
  const { namespace, inLink, outLink, outAddress } = passage;
  // POSTROUTING has no incoming link to match on.
  const { inLink: _, ...packet } = passage.packet;
  const firewall = viewFirewall(namespace, packet.family);
  const mangled = filter({
    namespace,
    firewall,
    hook: 'POSTROUTING',
    packet,
    direction: 'request',
    inLink,
    outLink,
  });
  const nat = evaluateNat(firewall, 'POSTROUTING', packet);
  const hop = { namespace, link: outLink.name, stage: 'nat' } as const;
  const done = (last: DraftHop, faults: Stretch<true>['faults'] = []): Stretch<true> => ({
    hops: [...mangled.hops, last],
    faults: [...mangled.faults, ...faults],
    next: true,
  });
  if (nat.kind === 'rewritten' && nat.decision) {
    const source = newSource(nat.decision, outAddress);
    const detail = `source ${packet.source} becomes ${source ?? 'an address of the host'}`;
    const rewrites = source === undefined ? {} : { rewrites: { source } };
    return done({ ...hop, verdict: 'pass', detail, rule: decidingRule(nat.decision), ...rewrites });
  }
  if (nat.kind === 'unknown') {
    const detail = `whether the source ${packet.source} is translated cannot be told`;
    return done({ ...hop, verdict: 'unknown', detail, unknown: nat.unknown });
  }
  if (!isPrivate(packet.source))
    return done({ ...hop, verdict: 'pass', detail: `leaves with its own source ${packet.source}` });
  const excuse = whyUntranslated(snapshot, passage);
  if (excuse !== undefined) return done({ ...hop, verdict: 'unknown', detail: excuse });
  const mismatched = findMismatch(namespace, firewall, packet, inLink);
  const detail = `leaves with the private source ${packet.source}: no rule translates it`;
  return done({ ...hop, verdict: 'unknown', detail }, [
    { kind: 'not-translated', namespace, packet, inLink, outLink, ...(mismatched ? { mismatched } : {}) },
  ]);
}

/** A reason why the missing translation need not be a fault. */
function whyUntranslated(snapshot: Snapshot, { namespace, outLink, packet }: Passage): string | undefined {
  const native = snapshot.gaps.find((gap) => gap.probe === 'nft' && gap.namespace === namespace.id);
  if (native) return `no iptables rule translates the source, but ${native.reason}`;
  const next = snapshot.namespaces.find(({ id }) => id === outLink.peer?.namespace);
  const back = next && lookUpRoute(next, packet.source);
  if (back?.kind === 'none' && back.uncertain === undefined) return undefined;
  if (back && back.kind !== 'unread')
    return `the source stays as it is, and ${next?.name} may know the way back`;
  const owner = snapshot.namespaces.find((entry) =>
    entry.addresses?.some(({ address }) => address === packet.destination),
  );
  return owner ? `the source stays as it is on the way to ${owner.name}` : undefined;
}

function newSource({ rule }: Decision, outAddress: string | undefined): string | undefined {
  if (rule?.target === 'MASQUERADE') return outAddress;
  return rule?.targetOptions.find(({ option }) => option === 'to-source' || option === 'to')?.values[0];
}

/**
 * A translating rule that was meant for this packet: it names the packet's subnet and another link, a link that does
 * not exist, or the packet's bridge and another subnet. Rules of other networks, which every host has, are not meant.
 */
function findMismatch(
  namespace: Namespace,
  firewall: Firewall,
  packet: Packet,
  inLink: Link,
): Rule | undefined {
  const rules = firewall.rulesets.flatMap(natRules);
  return rules.find((rule) => {
    if (rule.target !== 'MASQUERADE' && rule.target !== 'SNAT') return false;
    const failing = rule.matches.filter((match) => evaluateMatch(match, packet, firewall.context) === 'no');
    const [only] = failing;
    if (!only || failing.length > 1) return false;
    if (only.option === 'out-interface' && !only.negated) {
      const named = only.values[0] ?? '';
      const exists = namespace.links?.some(({ name }) => name === named) ?? true;
      return !exists || rule.matches.some(({ option, negated }) => option === 'source' && !negated);
    }
    return (
      only.option === 'source' &&
      !only.negated &&
      meansBridge(rule, inLink) &&
      !isOwnSubnet(only.values[0], namespace, inLink)
    );
  });
}

function natRules({ tables }: Ruleset): readonly Rule[] {
  return tables
    .filter(({ name }) => name === 'nat')
    .flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}

function meansBridge({ matches }: Rule, inLink: Link): boolean {
  return matches.some(
    ({ option, negated, values }) => option === 'out-interface' && negated && values[0] === inLink.name,
  );
}

function isOwnSubnet(prefix: string | undefined, namespace: Namespace, inLink: Link): boolean {
  return (namespace.addresses ?? []).some(
    ({ ifindex, address }) => ifindex !== inLink.ifindex && contains(prefix ?? '', address) === true,
  );
}
