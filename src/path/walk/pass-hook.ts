/** One netfilter hook of a namespace as a part of the way: what is said, what is wrong, and the packet behind it. */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import { evaluateHook, type HookRequest, type HookResult } from '../netfilter/evaluate-hook.ts';
import { firewallOf, type HookFamily } from '../netfilter/firewall.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { HookName } from '../netfilter/program.ts';
import { surroundingsOf } from '../netfilter/surroundings-of.ts';
import type { KnownConnection } from './connections.ts';
import type { Fault } from './fault.ts';
import { directionOf, filterHop, translationHop } from './hops.ts';
import type { DraftHop, World } from './state.ts';

export type HookPassage = {
  readonly namespace: Namespace;
  readonly hook: HookName;
  readonly packet: Packet;
  readonly inLink?: Link | undefined;
  readonly outLink?: Link | undefined;
  /** What MASQUERADE or REDIRECT would take. */
  readonly own?: string | undefined;
  readonly known?: KnownConnection | undefined;
  readonly settled?: boolean;
};

export type Passed = {
  readonly hops: readonly DraftHop[];
  readonly faults: readonly Fault[];
  /** As it goes on. Absent where its address from here on cannot be told. */
  readonly packet?: Packet;
  /** A rule wrote other addresses or ports into it, behind the connection's back: it is not followed. */
  readonly rewritten?: true;
};

/** The hooks whose translation changes the destination; the others change the source. */
const DESTINATION_HOOKS: ReadonlySet<HookName> = new Set(['prerouting', 'output']);

export function passHook(world: World, passage: HookPassage): Passed {
  const { namespace, hook, packet, inLink, outLink, own, known, settled } = passage;
  const family: HookFamily = packet.family === 'ipv4' ? 'ip' : 'ip6';
  if (!namespace.rulesets || !namespace.nftables) world.wanted.add(namespace.id);
  const request: HookRequest = {
    firewall: firewallOf(world.snapshot, namespace),
    family,
    hook,
    packet,
    around: surroundingsOf(namespace),
    ...(own === undefined ? {} : { own }),
    ...(known ? { established: (one: Packet) => translateKnown(one, known, hook) } : {}),
    ...(settled ? { settled } : {}),
  };
  const result = evaluateHook(request);
  world.met?.add(namespace, result);
  const link = outLink ?? inLink;
  const hop = filterHop(namespace, hook, result);
  const isDropped = drops(result);
  // A hook at which no chain says anything is not worth a line; POSTROUTING is there for its translations.
  const silent = result.verdict === 'accept' && !result.decision && hook !== 'forward';
  const hops = [
    ...(silent ? [] : [hop]),
    ...(isDropped || result.packet.rewritten ? [] : translationHop(namespace, link?.name, packet, result)),
  ];
  const faults: readonly Fault[] =
    isDropped && result.decision
      ? [
          {
            kind: 'filtered',
            namespace,
            family,
            hook,
            decision: result.decision,
            packet,
            direction: directionOf(packet),
            ...(inLink ? { inLink } : {}),
            ...(outLink ? { outLink } : {}),
          },
        ]
      : [];
  const behind = isDropped ? withoutDrop(request, result) : result;
  if (behind.packet.rewritten) {
    const said = isDropped ? hops : [...hops, rewrittenHop(namespace, link?.name)];
    return { hops: said, faults, rewritten: true };
  }
  return { hops, faults, ...(behind.lost ? {} : { packet: behind.packet }) };
}

function rewrittenHop(namespace: Namespace, link: string | undefined): DraftHop {
  const detail =
    'a rule writes addresses or ports into it without connection tracking: where it goes then is not followed';
  return { namespace, ...(link === undefined ? {} : { link }), stage: 'nat', verdict: 'unknown', detail };
}

function drops({ verdict }: HookResult): boolean {
  return verdict === 'drop' || verdict === 'reject';
}

/** The hook without the chains that drop: what the others, those of NAT among them, would have made of the packet. */
function withoutDrop(request: HookRequest, result: HookResult): HookResult {
  const { decision } = result;
  if (!decision || !drops(result)) return result;
  const { bases } = request.firewall;
  const others = bases.filter(
    ({ world, family, table, name }) =>
      world !== decision.world ||
      family !== decision.family ||
      table !== decision.table ||
      name !== decision.via[0],
  );
  if (others.length === bases.length) return result;
  const firewall = { ...request.firewall, bases: others };
  return withoutDrop({ ...request, firewall }, evaluateHook({ ...request, firewall }));
}

function translateKnown(
  packet: Packet,
  { direction, original, leaving }: KnownConnection,
  hook: HookName,
): Packet {
  if (DESTINATION_HOOKS.has(hook)) {
    const [destination, destinationPort] =
      direction === 'reply'
        ? [original.source, original.sourcePort]
        : [leaving.destination, leaving.destinationPort];
    return { ...packet, destination, ...(destinationPort === undefined ? {} : { destinationPort }) };
  }
  const [source, sourcePort] =
    direction === 'reply'
      ? [original.destination, original.destinationPort]
      : [leaving.source, leaving.sourcePort];
  return { ...packet, source, ...(sourcePort === undefined ? {} : { sourcePort }) };
}
