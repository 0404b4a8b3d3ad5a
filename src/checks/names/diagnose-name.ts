/** Why a name is not resolved: the way of the question to each server, and what the servers said. The name is the diagnosis then. */
import type { Cause, Diagnosis, Flow } from '../../model/diagnosis.ts';
import type { NameAnswer } from '../../model/name-answer.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { ResolverSettings } from '../../model/resolver.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { INTERNET } from '../../path/internet.ts';
import { serversToAsk } from '../../path/names/search-names.ts';
import type { AskKernel } from '../../path/route/query.ts';
import { type Diagnosed, diagnose } from '../diagnose.ts';
import { loopbackCause } from './embedded.ts';
import { EMBEDDED, type NameCase, type ServerWay } from './name-case.ts';
import { noSharedNetwork } from './peers.ts';
import { failed, unknownName, upstreamCauses, wayCauses } from './servers.ts';

export type NameRequest = {
  readonly from: Namespace;
  readonly flow: Pick<Flow, 'from' | 'to' | 'proto' | 'port'>;
  readonly settings: ResolverSettings;
  /** Without addresses. */
  readonly answer: NameAnswer;
};

const DNS_PORT = 53;

export function diagnoseName(
  snapshot: Snapshot,
  { from: sender, flow, settings, answer }: NameRequest,
  ask?: AskKernel,
): { readonly diagnosis: Diagnosis; readonly wanted: readonly string[] } {
  // The same, with what has been read of it since.
  const from = snapshot.namespaces.find(({ id }) => id === sender.id) ?? sender;
  const walkTo = (start: Namespace, address: string, text = address): Diagnosed =>
    diagnose(
      snapshot,
      {
        from: { kind: 'namespace', id: start.id, text: start.name },
        to: { kind: 'address', address, text },
        ...(text === 'internet' ? { port: null, proto: 'icmp' } : { port: DNS_PORT, proto: 'udp' }),
      },
      ask,
    );
  const wayTo = (start: Namespace, server: string, upstream: boolean): ServerWay => {
    const asked = answer.asked.findLast(
      (one) => one.server === server && one.namespace === start.name && (one.upstream === true) === upstream,
    );
    return { server, namespace: start, walked: walkTo(start, server), ...(asked ? { asked } : {}) };
  };
  const servers = serversToAsk(settings).map((server) => wayTo(from, server, false));
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host') ?? from;
  const upstreams = (settings.embedded ? (settings.upstreams ?? []) : []).map(({ address, fromHost }) =>
    wayTo(fromHost ? host : from, address, true),
  );
  const internet = walkTo(from, INTERNET.ipv4, 'internet');
  const named: NameCase = { snapshot, from, settings, answer, servers, upstreams, internet };
  const { causes, way } = findCauses(named);
  const { asked } = answer;
  const answered = asked.filter(({ outcome }) => !SILENT.has(outcome)).length;
  const shown = way ?? servers[0];
  return {
    wanted: [...servers, ...upstreams, { walked: internet }].flatMap(({ walked }) => walked.wanted),
    diagnosis: {
      flow: { ...flow, source: '', destination: '' },
      verdict: causes.length > 0 || asked.length > 0 ? 'broken' : 'undecided',
      causes,
      name: answer,
      hops: shown?.walked.diagnosis.hops ?? [],
      reply: shown?.walked.diagnosis.reply ?? [],
      live: { ran: asked.length > 0, sent: asked.length, answered, lastSeen: null },
    },
  };
}

const SILENT: ReadonlySet<string> = new Set(['no-answer', 'nobody-listens', 'unreachable']);

type Found = { readonly causes: readonly Cause[]; readonly way?: ServerWay };

/** The first server that explains it; and the way that the answer shows. */
function findCauses(named: NameCase): Found {
  const apart = noSharedNetwork(named);
  if (apart) return { causes: [apart] };
  for (const way of named.servers) {
    const causes = causesAt(named, way);
    if (causes.length > 0) {
      const behind = named.upstreams.find(({ server }) =>
        causes[0]?.evidence.some(({ value }) => value.endsWith(` asks ${server}`)),
      );
      return { causes, way: behind ?? way };
    }
  }
  return { causes: [] };
}

function causesAt(named: NameCase, way: ServerWay): readonly Cause[] {
  const { server, asked } = way;
  const local = loopbackCause(named, way);
  if (local) return [local];
  const isEmbedded = server === EMBEDDED && named.settings.embedded;
  switch (asked?.outcome) {
    case 'no-such-name':
    case 'no-address': {
      const upstream = isEmbedded ? upstreamCauses(named, way) : [];
      return upstream.some(({ id }) => id === 'dns-internal-network') ? upstream : [unknownName(named, way)];
    }
    case 'server-failed':
    case 'server-refused':
      return isEmbedded ? upstreamCauses(named, way) : [failed(named, way)];
    default:
      break;
  }
  if (!isEmbedded) return wayCauses(named, way);
  if (way.walked.diagnosis.verdict === 'broken') return way.walked.diagnosis.causes;
  return upstreamCauses(named, way);
}
