/** A destination that is the name of a host: resolved as FROM's processes would, or the diagnosis of why it is not. */
import { readHosts } from '../../probes/hosts-file.ts';
import { diagnoseName } from '../checks/names/diagnose-name.ts';
import { refreshNamespace } from '../discover/refresh.ts';
import { resolveLive } from '../live/names/resolve.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { NameAnswer } from '../model/name-answer.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import { addressesByEngine } from '../path/names/engine-names.ts';
import { type HostName, readHostName } from '../path/names/read-name.ts';
import { inOrderOfUse, settingsOf } from '../path/names/search-names.ts';
import { type FindTarget, readFlow, type Words } from '../path/read-flow.ts';
import type { FlowRequest } from '../path/trace-flow.ts';
import { type System, SystemError } from '../system/system.ts';
import type { CommandContext } from './command.ts';
import { trace } from './trace.ts';

export type Destination = {
  readonly request: FlowRequest;
  /** Where the destination is a name. */
  readonly name?: NameAnswer;
};

/** An answer, and what it stands on. */
export type Diagnosed = { readonly snapshot: Snapshot; readonly diagnosis: Diagnosis };

export type ResolveContext = Pick<CommandContext, 'out' | 'signal'> & {
  readonly system: System;
  readonly wiring: Snapshot;
  /** The same, where it comes from a file. */
  readonly saved: Snapshot | undefined;
  readonly find: FindTarget;
  /** Servers may be asked. */
  readonly isLive: boolean;
};

/** Where to, or why the name has no address. Throws `UserError` as `readFlow` does, for words that are no names either. */
export async function resolveDestination(
  context: ResolveContext,
  words: Words,
): Promise<Destination | Diagnosed> {
  const { wiring, find } = context;
  const { to = 'internet' } = words;
  const named = readHostName(to, find);
  const sender = named && senderOf(context, words);
  if (!named || !sender) return { request: readFlow(wiring, words, find) };
  // Of the protocol and the port, before anything is read or sent.
  const shape = readFlow(wiring, { ...words, to: withPort('192.0.2.1', named) }, find);
  const { snapshot, from } = await readSettings(context, sender);
  const settings = settingsOf(from, words.from);
  const answer = await answerFor(context, snapshot, { words, from, settings, named });
  const [address] = answer.addresses;
  if (address !== undefined) {
    const { to: end, ...request } = readFlow(wiring, { ...words, to: withPort(address, named) }, find);
    return { request: { ...request, to: { ...end, text: to } }, name: answer };
  }
  suggest(context, named);
  const flow = { from: words.from, to, proto: shape.proto, port: shape.port };
  if (!settings) return { snapshot, diagnosis: unknownServers(flow, answer) };
  const { snapshot: read, walked } = await trace(
    context.system,
    snapshot,
    context.saved && snapshot,
    (current, ask) => diagnoseName(current, { from, flow, settings, answer }, ask),
  );
  return { snapshot: read, diagnosis: walked.diagnosis };
}

/** One word alone may as well be a target that is mistyped. */
function suggest({ find, out }: ResolveContext, { name }: HostName): void {
  if (name.includes('.')) return;
  try {
    find(name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.advice?.startsWith('did you mean')) out.note(`${error.message}: ${error.advice}`);
  }
}

type Sender = Snapshot['namespaces'][number];

/** Undefined for an address outside this host, whose servers nobody here knows, and for what names nothing. */
function senderOf({ wiring, find }: ResolveContext, { from }: Words): Sender | undefined {
  try {
    const request = readFlow(wiring, { from, to: undefined }, find);
    return request.from.kind === 'namespace' ? findNamespace(wiring, request.from.id) : undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

function withPort(address: string, { port }: HostName): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

async function readSettings(
  { system, wiring, saved }: ResolveContext,
  sender: Sender,
): Promise<{ readonly snapshot: Snapshot; readonly from: Sender }> {
  if (saved) return { snapshot: wiring, from: sender };
  const { namespace: from, gaps } = await refreshNamespace(system, sender, ['resolver']);
  const namespaces = wiring.namespaces.map((one) => (one.id === from.id ? from : one));
  return { snapshot: { ...wiring, namespaces, gaps: [...wiring.gaps, ...gaps] }, from };
}

type Question = {
  readonly words: Words;
  readonly from: Sender;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly named: HostName;
};

async function answerFor(
  { system, saved, isLive, signal, out }: ResolveContext,
  snapshot: Snapshot,
  { words, from, settings, named: { name } }: Question,
): Promise<NameAnswer> {
  const byHosts = saved ? [] : readHosts(system.files, from, from, { name, container: words.from });
  if (byHosts.length > 0) return { name, addresses: inOrderOfUse(byHosts, from), source: 'hosts', asked: [] };
  if (isLive && settings && system.host.uid === 0) {
    try {
      const answer = await resolveLive(system, snapshot, { from, settings, name, signal, note: out.note });
      return { ...answer, addresses: inOrderOfUse(answer.addresses, from) };
    } catch (error) {
      // A namespace that cannot be entered asks nobody.
      if (!(error instanceof SystemError)) throw error;
    }
  }
  const tells = settings === undefined || settings.embedded || snapshot.engine?.name === 'Podman';
  const known = tells ? addressesByEngine(snapshot, from, name) : [];
  return {
    name,
    addresses: inOrderOfUse(known, from),
    source: known.length > 0 ? 'engine' : null,
    asked: [],
  };
}

function unknownServers(
  flow: Pick<Diagnosis['flow'], 'from' | 'to' | 'proto' | 'port'>,
  name: NameAnswer,
): Diagnosis {
  return {
    flow: { ...flow, source: '', destination: '' },
    verdict: 'undecided',
    causes: [],
    name,
    hops: [],
    reply: [],
    live: { ran: false, sent: 0, answered: 0, lastSeen: null, outcome: 'its resolv.conf was not read' },
  };
}
