/** From the two ends that the user named to the flow between them, and what this host does with it. */
import type { Family } from '../model/address.ts';
import type { Flow } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { chooseAddress } from './choose-address.ts';
import { PROTOCOL } from './netfilter/packet.ts';
import { familyOf } from './prefix.ts';
import { lookUp } from './route/lookup.ts';
import type { AskKernel } from './route/query.ts';
import { type Origin, type RoundTrip, walkRoundTrip } from './walk/round-trip.ts';

/** Where a flow starts or ends, as the user named it; a namespace by its id. */
export type Endpoint =
  | { readonly kind: 'namespace'; readonly id: string; readonly text: string }
  | { readonly kind: 'address'; readonly address: string; readonly text: string };

export type FlowRequest = {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly port: number | null;
  readonly proto: Flow['proto'];
};

export type Trace = {
  readonly flow: Flow;
  /** Absent where the flow has no beginning here: an outside address that no link leads to, a namespace that is gone. */
  readonly trip?: RoundTrip;
  /** Why there is no trip. */
  readonly reason?: string;
  /** Ids of namespaces whose tables would be needed and were not read. */
  readonly wanted: readonly string[];
};

/** Traces the flow as far as the snapshot tells. */
export function traceFlow(
  snapshot: Snapshot,
  { from, to, port, proto }: FlowRequest,
  ask?: AskKernel,
): Trace {
  const words = { from: from.text, to: to.text, proto, port };
  const sender = from.kind === 'namespace' ? findNamespace(snapshot, from.id) : undefined;
  const destination = to.kind === 'address' ? to.address : addressOf(snapshot, to.id, sender, from);
  if (destination === undefined)
    return {
      flow: { ...words, source: '', destination: '' },
      reason: `${to.text} has no address that ${from.text} could send to`,
      wanted: [],
    };
  const { origin, wanted } = originOf(snapshot, from, sender, destination);
  const source = from.kind === 'address' ? from.address : sender ? sourceOf(sender, destination) : '';
  const flow: Flow = { ...words, source, destination };
  if (!origin) return { flow, reason: `no link of this host leads to ${from.text}`, wanted };
  const trip = walkRoundTrip(snapshot, {
    origin,
    flow: from.kind === 'namespace' ? { ...flow, source: '' } : flow,
    anywhere: to.text === 'internet',
    ...(ask ? { ask } : {}),
  });
  return { flow, trip, wanted: trip.wanted };
}

function addressOf(
  snapshot: Snapshot,
  id: string,
  sender: Namespace | undefined,
  from: Endpoint,
): string | undefined {
  const target = findNamespace(snapshot, id);
  const near =
    from.kind === 'address' ? [from.address] : (sender?.addresses ?? []).map(({ address }) => address);
  return target && chooseAddress(target, near, sender?.id === id);
}

/** A packet from outside comes in by the link by which the host would answer it. */
function originOf(
  { namespaces }: Snapshot,
  from: Endpoint,
  sender: Namespace | undefined,
  destination: string,
): { readonly origin?: Origin; readonly wanted: readonly string[] } {
  if (from.kind === 'namespace')
    return sender ? { origin: { kind: 'namespace', namespace: sender }, wanted: [] } : { wanted: [] };
  const host = namespaces.find(({ kind }) => kind === 'host');
  if (!host) return { wanted: [] };
  if (!host.routes || !host.policyRules) return { wanted: [host.id] };
  const family: Family = familyOf(destination) ?? 'ipv4';
  const back = lookUp(host, { family, destination: from.address, mark: 0, protocol: PROTOCOL.tcp });
  const link = back.kind === 'found' ? host.links?.find(({ name }) => name === back.link) : undefined;
  return link ? { origin: { kind: 'outside', namespace: host, link }, wanted: [] } : { wanted: [] };
}

/** The source that a socket of the namespace gets; empty where that cannot be told. */
function sourceOf(namespace: Namespace, destination: string): string {
  const family = familyOf(destination) ?? 'ipv4';
  const answer = lookUp(namespace, { family, destination, mark: 0, protocol: PROTOCOL.tcp });
  return answer.kind === 'found' ? (answer.source ?? '') : '';
}
