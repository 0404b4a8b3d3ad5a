/** A name that was not resolved, and all that is known of it: what its checks stand on. */
import type { Cause, Evidence } from '../../model/diagnosis.ts';
import { type Asked, describeAsked, type NameAnswer } from '../../model/name-answer.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { ResolverSettings } from '../../model/resolver.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosed } from '../diagnose.ts';
import { commandIn, shellCommand } from '../shell.ts';

/** The way of a question to a server. */
export type ServerWay = {
  readonly server: string;
  /** Where the question starts. */
  readonly namespace: Namespace;
  readonly walked: Diagnosed;
  /** What it made of the question; absent where it was not asked. */
  readonly asked?: Asked;
};

export type NameCase = {
  readonly snapshot: Snapshot;
  readonly from: Namespace;
  readonly settings: ResolverSettings;
  readonly answer: NameAnswer;
  /** To each server of the file, in its order. */
  readonly servers: readonly ServerWay[];
  /** To those that Docker's embedded server asks in turn. */
  readonly upstreams: readonly ServerWay[];
  /** From the same namespace to the internet in general, with which a way that fails is compared. */
  readonly internet: Diagnosed;
};

/** Docker's own server, in each container's namespace. */
export const EMBEDDED = '127.0.0.11';

/** Who is asked, as the file says it. */
export function settingsEvidence({ from, settings }: Pick<NameCase, 'from' | 'settings'>): Evidence {
  const { source, path, nameservers } = settings;
  const named = nameservers.length === 0 ? 'no nameserver' : `nameserver ${nameservers.join(', ')}`;
  return {
    source: source === 'process' ? resolvConfCommand(from, path) : shellCommand('cat', path),
    value: named,
  };
}

function resolvConfCommand({ pids, containers }: Namespace, path: string): string {
  const pid = containers[0]?.pid ?? pids[0];
  return pid === undefined ? path : shellCommand('cat', `/proc/${pid}/root${path}`);
}

/** `127.0.0.11 says that there is no such name (NXDOMAIN)` */
export function askedEvidence(snapshot: Snapshot, asked: Asked): Evidence {
  const { server, namespace, name } = asked;
  const place = snapshot.namespaces.find((one) => one.name === namespace);
  const words = ['nslookup', name, server];
  return {
    source: place ? commandIn(place, ...words) : shellCommand(...words),
    value: describeAsked(asked),
  };
}

/** The evidence of a way's server: that it is named, and what it said. */
export function serverEvidence(named: NameCase, { server, asked }: ServerWay): readonly Evidence[] {
  const upstream = named.upstreams.some((one) => one.server === server);
  const whose = upstream ? [{ source: named.settings.path, value: `${EMBEDDED} asks ${server}` }] : [];
  return [settingsEvidence(named), ...whose, ...(asked ? [askedEvidence(named.snapshot, asked)] : [])];
}

/** What another cause becomes where names are lost by it: its place, its evidence and its fix stay. */
export function becomes(
  { namespace, subject, evidence, fix, more, confidence }: Cause,
  own: Pick<Cause, 'id' | 'title' | 'more'>,
  { before, proven }: { readonly before: readonly Evidence[]; readonly proven: boolean },
): Cause {
  return {
    ...own,
    confidence: proven ? 'proven' : confidence,
    namespace,
    subject,
    evidence: [...before, ...evidence],
    fix,
    more: more === '' ? own.more : `${own.more} ${more}`,
  };
}
