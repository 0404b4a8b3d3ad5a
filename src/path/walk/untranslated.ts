/** A forwarded packet that keeps its private source: whether whoever gets it knows the way back. */
import type { Rule, Ruleset } from '../../model/firewall.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { compileRule } from '../netfilter/iptables/compile-rule.ts';
import type { Packet } from '../netfilter/packet.ts';
import { surroundingsOf } from '../netfilter/surroundings-of.ts';
import { contains, isPrivate } from '../prefix.ts';
import { lookUp } from '../route/lookup.ts';
import type { StepResult, World } from './state.ts';

type Passage = {
  readonly namespace: Namespace;
  readonly inLink: Link;
  readonly outLink: Link;
  /** Before and behind POSTROUTING. */
  readonly before: Packet;
  readonly packet: Packet;
};

export function checkUntranslated(
  { snapshot, direction }: World,
  { namespace, inLink, outLink, before, packet }: Passage,
): Pick<StepResult, 'hops' | 'faults'> {
  const nothing = { hops: [], faults: [] };
  if (direction === 'answer' || packet.source !== before.source || !isPrivate(packet.source)) return nothing;
  const next = snapshot.namespaces.find(({ id }) => id === outLink.peer?.namespace);
  if (!isUnanswerable(snapshot, next, outLink, packet)) return nothing;
  const mismatched = findMismatch(namespace, before, inLink);
  const detail = `leaves with the private source ${packet.source}: no rule translates it`;
  return {
    // Into a namespace that was read the walk goes on, and sees for itself whether an answer comes.
    hops: [
      { namespace, link: outLink.name, stage: 'nat', verdict: canFollow(next) ? 'pass' : 'unknown', detail },
    ],
    faults: [
      {
        kind: 'not-translated',
        namespace,
        packet: before,
        inLink,
        outLink,
        direction: 'request',
        ...(mismatched ? { mismatched } : {}),
      },
    ],
  };
}

function canFollow(next: Namespace | undefined): next is Namespace {
  return next?.routes !== undefined && next.policyRules !== undefined;
}

/** The namespace beyond has no route back; or nobody that can be seen has the destination, and the link leads outside. */
function isUnanswerable(
  { namespaces }: Snapshot,
  next: Namespace | undefined,
  outLink: Link,
  { family, source, destination }: Packet,
): boolean {
  if (canFollow(next)) {
    const back = lookUp(next, { family, destination: source, mark: 0, protocol: 0 });
    return back.kind === 'refused' && back.how === 'none';
  }
  const owner = namespaces.find(({ addresses }) => addresses?.some(({ address }) => address === destination));
  return !owner && !next && outLink.kind === 'device';
}

/**
 * A translating rule that was meant for this packet: it names the packet's subnet and another link, a link that does
 * not exist, or the packet's bridge and another subnet. Rules of other networks, which every host has, are not meant.
 */
function findMismatch(namespace: Namespace, packet: Packet, inLink: Link): Rule | undefined {
  const around = surroundingsOf(namespace);
  const fails = (rule: Rule, match: Rule['matches'][number]) => {
    const { steps } = compileRule(
      { ...rule, matches: [match] },
      { chains: new Map(), changedSets: new Set() },
    );
    return steps.some((step) => step.kind === 'test' && step.test(packet, around) === 'no');
  };
  return (namespace.rulesets ?? [])
    .filter(({ family }) => family === packet.family)
    .flatMap(natRules)
    .find((rule) => {
      if (rule.target !== 'MASQUERADE' && rule.target !== 'SNAT') return false;
      const [only, ...more] = rule.matches.filter((match) => fails(rule, match));
      if (!only || more.length > 0) return false;
      if (only.option === 'out-interface' && !only.negated) {
        const exists = namespace.links?.some(({ name }) => name === only.values[0]) ?? true;
        return !exists || rule.matches.some(({ option, negated }) => option === 'source' && !negated);
      }
      const isSubnet = only.option === 'source' && !only.negated;
      return isSubnet && meansBridge(rule, inLink) && !isOwnSubnet(only.values[0], namespace, inLink);
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

function isOwnSubnet(prefix: string | undefined, { addresses = [] }: Namespace, inLink: Link): boolean {
  return addresses.some(
    ({ ifindex, address }) => ifindex !== inLink.ifindex && contains(prefix ?? '', address) === true,
  );
}
