/**
 * The proof on the wire: a few probes are sent as the flow's sender would send them, and every link and rule on the way is
 * watched meanwhile. What is made for it goes with the program, however that ends: sockets, and tables of nftables that
 * belong to sockets.
 */

import { openSame } from '../../discover/open-same.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { findNamespace } from '../../model/snapshot.ts';
import type { FlowRequest, Trace } from '../../path/trace-flow.ts';
import type { System } from '../../system/system.ts';
import { type Observers, openObservers } from './observers.ts';
import { type Heard, inOrder } from './order.ts';
import type { Outcome, Proof, Sighting, TracedRule } from './proof.ts';
import { openSender, type Reply, type Sender } from './sender.ts';
import { namespacesOnTheWay } from './way.ts';

export type ProofOptions = {
  readonly signal: AbortSignal;
  /** Told what is made, before it is made. */
  readonly note: (text: string) => void;
  /** Bytes of the IP packet, which then may not be divided; of datagrams and echoes only. */
  readonly packetBytes?: number;
};

/** One may be lost, such as while neighbours find each other. */
const MOST_PROBES = 3;
/** Milliseconds: an answer across the world takes 400, and the kernel repeats a SYN by itself after 1,000. */
const PATIENCE_MS = 800;
/** Milliseconds after a rule has dropped a probe: until an ICMP error that it sends has come back. */
const AFTERMATH_MS = 100;
/** Milliseconds at a time, so that an end that was asked for comes soon. */
const LONGEST_WAIT_MS = 50;

/** Sends and watches; `whyNotSent` has found nothing against it. Throws `SystemError` where the sender's namespace cannot be entered. */
export async function proveFlow(
  system: System,
  snapshot: Snapshot,
  { request, trace }: { readonly request: FlowRequest; readonly trace: Trace },
  { signal, note, packetBytes }: ProofOptions,
): Promise<Proof> {
  const { from } = request;
  const home = from.kind === 'namespace' ? findNamespace(snapshot, from.id) : undefined;
  if (!home) throw new Error('a probe is sent from a namespace');
  const handle = openSame(system, home);
  let sender: Sender | undefined;
  let observers: Observers | undefined;
  try {
    const token = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const size = packetBytes === undefined ? {} : { packetBytes };
    // 0 would leave the choice of the sequence number to the kernel.
    sender = openSender(handle, { flow: trace.flow, token: token || 1, ...size });
    observers = await openObservers(system, namespacesOnTheWay(snapshot, request, trace), sender.mark);
    announce(note, trace, observers, system.host.pid);
    const tries = await sendAll(system, home.id, { sender, observers, signal });
    return conclude(tries, observers, {
      home: home.name,
      gains: await observers.readGains(),
      aborted: signal.aborted,
    });
  } finally {
    sender?.close();
    observers?.close();
    handle.close();
  }
}

function announce(
  note: ProofOptions['note'],
  { flow }: Trace,
  { tapped, traced }: Observers,
  pid: number,
): void {
  const port = flow.port === null ? '' : ` port ${flow.port}`;
  note(
    `sending at most ${MOST_PROBES} probes from ${flow.from}: ${flow.proto} to ${flow.destination}${port}; listening in ${tapped.join(', ')}`,
  );
  if (traced.length > 0)
    note(
      `for as long as it takes, a table netpeek-trace-${pid} of nftables traces them in ${traced.join(', ')}`,
    );
}

type Try = {
  readonly reply: Reply | undefined;
  readonly seen: readonly Sighting[];
  readonly traced: readonly TracedRule[];
};

type Work = { readonly sender: Sender; readonly observers: Observers; readonly signal: AbortSignal };

async function sendAll(system: System, home: string, work: Work): Promise<readonly Try[]> {
  const tries: Try[] = [];
  while (tries.length < MOST_PROBES && !work.signal.aborted) {
    const one = await sendOne(system, home, work);
    tries.push(one);
    if (one.reply || one.traced.some(isDrop)) break;
  }
  return tries;
}

async function sendOne(
  { clock, namespaces }: System,
  home: string,
  { sender, observers, signal }: Work,
): Promise<Try> {
  const heard: Heard[] = [];
  const traced: TracedRule[] = [];
  let reply = sender.send();
  let end = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    reply ??= sender.reply();
    const met = observers.readTraced();
    traced.push(...met);
    heard.push(...observers.readSightings());
    const now = clock.monotonicMs();
    if (met.some(isDrop)) end = Math.min(end, now + AFTERMATH_MS);
    if (reply || now >= end || signal.aborted) break;
    const socket = sender.socket();
    await namespaces.waitForAny(
      [...observers.sockets, ...(socket ? [socket] : [])],
      Math.min(end - now, LONGEST_WAIT_MS),
    );
  }
  // What the answer itself has just set off.
  traced.push(...observers.readTraced());
  heard.push(...observers.readSightings());
  return { reply, seen: inOrder(joined(heard), home), traced };
}

/** What was heard in several readings, by namespace. */
function joined(heard: readonly Heard[]): readonly Heard[] {
  const byId = Map.groupBy(heard, ({ namespace }) => namespace.id);
  return [...byId.values()].flatMap((all) => {
    const [first] = all;
    return first ? [{ namespace: first.namespace, seen: all.flatMap(({ seen }) => seen) }] : [];
  });
}

function isDrop({ verdict }: TracedRule): boolean {
  return verdict === 'drop';
}

function conclude(
  tries: readonly Try[],
  { tapped, traced: tracedIn, weaker }: Observers,
  {
    home,
    gains,
    aborted,
  }: { readonly home: string; readonly gains: Proof['counters']; readonly aborted: boolean },
): Proof {
  const reply = tries.at(-1)?.reply;
  // The probe that came furthest; the others only repeat it.
  const furthest = tries.reduce<Try | undefined>(
    (best, one) => (best && best.seen.length >= one.seen.length ? best : one),
    undefined,
  );
  const seen = furthest?.seen ?? [];
  return {
    sent: tries.length,
    answered: reply?.kind === 'answered' ? 1 : 0,
    outcome: outcomeOf(reply, seen, { home, aborted }),
    seen,
    lastSeen: lastSeenOf(seen),
    traced: tries.flatMap(({ traced }) => traced),
    counters: gains,
    tapped,
    tracedIn,
    weaker,
  };
}

function outcomeOf(
  reply: Reply | undefined,
  seen: readonly Sighting[],
  { home, aborted }: { readonly home: string; readonly aborted: boolean },
): Outcome {
  if (reply?.kind === 'answered') return reply;
  const told = seen.findLast(
    ({ namespace, what, reset, way }) =>
      namespace === home && way === 'in' && (what === 'error' || reset === true),
  );
  const icmp = told?.icmp ? { icmp: { ...told.icmp, from: told.source } } : {};
  if (reply?.kind === 'refused') return { kind: 'refused', ...(told ? { from: told.source } : {}) };
  if (reply?.kind === 'failed') return { ...reply, ...icmp };
  return aborted ? { kind: 'aborted' } : { kind: 'silent', ...icmp };
}

/** Of the answer where there is one, else of the probe: an error tells of it and is not it. */
function lastSeenOf(all: readonly Sighting[]): string | null {
  const seen = all.filter(({ forAnother }) => !forAnother);
  const last =
    seen.findLast(({ what }) => what === 'answer') ?? seen.findLast(({ what }) => what === 'request');
  return last ? `${last.namespace}/${last.link}` : null;
}
