/** What `netpeek path` says of a connection, as far as it can be seen from both of its ends. */
import { diagnose } from '../../../src/checks/diagnose.ts';
import type { Hop, PathAnswer } from '../../../src/model/diagnosis.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { type FlowRequest, traceFlow } from '../../../src/path/trace-flow.ts';
import type { Outcome } from './actor.ts';
import { type Flow, formatDestination } from './flows.ts';

/** Who serves the connection, and the addresses that it sees. */
export type Ends = {
  readonly server: string;
  readonly peer: string;
  readonly local: string;
  readonly localPort: number;
};

export type Claim = { readonly verdict: PathAnswer['verdict']; readonly ends?: Ends };

type Walked = Pick<PathAnswer, 'verdict' | 'hops'> & {
  readonly flow: Pick<PathAnswer['flow'], 'source' | 'destination' | 'port'>;
};

/** What the command says of a saved snapshot, where starting it a thousand times would take too long. */
export function claimFrom(snapshot: Snapshot, wanted: Flow): Claim {
  const { flow, trip } = traceFlow(snapshot, requestOf(snapshot, wanted));
  return trip ? claimOf({ ...trip, flow }) : { verdict: 'undecided' };
}

/** The ids of what `netpeek diagnose` would blame. */
export function causesFrom(snapshot: Snapshot, wanted: Flow): readonly string[] {
  return diagnose(snapshot, requestOf(snapshot, wanted)).diagnosis.causes.map(({ id }) => id);
}

function requestOf(snapshot: Snapshot, { from, proto, address, port }: Flow): FlowRequest {
  const sender = snapshot.namespaces.find(({ names }) => names.includes(from));
  if (!sender) throw new Error(`no namespace ${from}`);
  return {
    from: { kind: 'namespace', id: sender.id, text: from },
    to: { kind: 'address', address, text: address },
    port: port ?? null,
    proto,
  };
}

/** The ends follow from the rewriting hops, and from what a process says that takes the connection and makes another. */
export function claimOf({ verdict, hops, flow }: Walked): Claim {
  const last = hops.at(-1);
  if (last?.stage !== 'deliver') return { verdict };
  let peer = flow.source;
  let local = withPort(flow.destination, flow.port ?? 0);
  for (const hop of hops) {
    peer = hop.rewrites?.source ?? sentFrom(hop) ?? peer;
    local = hop.rewrites?.destination ?? askedInstead(hop) ?? local;
  }
  const { address, port } = splitPort(local);
  return {
    verdict,
    ends: { server: last.namespace, peer: splitPort(peer).address, local: address, localPort: port },
  };
}

function sentFrom({ stage, detail }: Hop): string | undefined {
  return stage === 'route' ? /, source (\S+)$/.exec(detail)?.[1] : undefined;
}

function askedInstead({ stage, detail }: Hop): string | undefined {
  return stage === 'deliver' ? / asks (\S+) itself$/.exec(detail)?.[1] : undefined;
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Where no port is said the one before stays: 0 stands for that. */
function splitPort(text: string): { readonly address: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? plain ?? text, port: Number(port ?? 0) };
}

/** In words, how the claim and what really happened contradict each other; undefined where they agree, or nothing is claimed. */
export function contradiction({ verdict, ends }: Claim, { worked, told }: Outcome): string | undefined {
  if (verdict === 'works' && !worked) return 'said to work, and fails';
  if (verdict === 'broken' && worked) return 'said to be broken, and works';
  if (verdict !== 'works' || !told) return undefined;
  const said = ends && `${ends.server} at ${withPort(ends.local, ends.localPort)}, asked by ${ends.peer}`;
  const truth = `${told.server} at ${withPort(told.local, told.localPort)}, asked by ${told.peer}`;
  return said === truth ? undefined : `said to arrive at ${said}, and arrives at ${truth}`;
}

/** Such as `web → tcp 192.0.2.1:80`. */
export function formatFlow(flow: Flow): string {
  return `${flow.from} → ${flow.proto} ${formatDestination(flow)}`;
}
