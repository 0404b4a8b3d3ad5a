/** All that observes while probes are sent: taps, traces of rules, counters. Opened before the first probe, closed on every way out. */
import { openSame } from '../../discover/open-same.ts';
import type { Namespace } from '../../model/namespace.ts';
import { type NamespaceHandle, type System, SystemError, type WireSocket } from '../../system/system.ts';
import { type Counts, gains, readCounts } from './counters.ts';
import type { Mark } from './mark.ts';
import type { Heard } from './order.ts';
import type { CounterGain, TracedRule } from './proof.ts';
import { type RuleTraces, tracedFamilies, traceRules } from './rule-traces.ts';
import { openTap, type Tap } from './taps.ts';

export type Observers = {
  readonly sockets: readonly WireSocket[];
  readonly readSightings: () => readonly Heard[];
  readonly readTraced: () => readonly TracedRule[];
  readonly readGains: () => Promise<readonly CounterGain[]>;
  /** Names of the namespaces in which a tap is open. */
  readonly tapped: readonly string[];
  readonly traced: readonly string[];
  readonly weaker: readonly string[];
  readonly close: () => void;
};

type Post = {
  readonly namespace: Namespace;
  readonly handle: NamespaceHandle;
  readonly tap?: Tap;
  readonly traces?: RuleTraces;
  readonly before: Counts;
};

/** Opens what can be opened; what cannot is told in `weaker`. */
export async function openObservers(
  system: System,
  namespaces: readonly Namespace[],
  mark: Mark,
): Promise<Observers> {
  const weaker: string[] = [];
  const posts: Post[] = [];
  const attempt = <T>(what: string, open: () => T): T | undefined => {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      weaker.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const close = () => {
    for (const { tap, traces, handle } of posts) {
      tap?.socket.close();
      traces?.close();
      handle.close();
    }
  };
  try {
    for (const namespace of namespaces) {
      const { name } = namespace;
      const handle = attempt(`${name} was not entered`, () => openSame(system, namespace));
      if (!handle) continue;
      const tap = attempt(`no tap in ${name}`, () => openTap(namespace, handle, mark));
      const traces =
        tracedFamilies(namespace).length === 0
          ? undefined
          : attempt(`rules of nftables in ${name} were not traced`, () =>
              traceRules(namespace, handle, { mark, pid: system.host.pid }),
            );
      const post = { namespace, handle, ...(tap ? { tap } : {}), ...(traces ? { traces } : {}) };
      // Noted before anything is waited for, so that it is closed whatever comes.
      const index = posts.push({ ...post, before: new Map() }) - 1;
      posts[index] = { ...post, before: await readCounts(system, namespace, handle, mark.family) };
      if (namespace.nftables?.some(({ family }) => family === 'netdev'))
        weaker.push(`${name} has rules of the netdev family, which are not traced`);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    sockets: posts.flatMap(({ tap, traces }) => [
      ...(tap ? [tap.socket] : []),
      ...(traces ? [traces.socket] : []),
    ]),
    readSightings: () =>
      posts.flatMap(({ namespace, tap }) => (tap ? [{ namespace, seen: tap.read() }] : [])),
    readTraced: () => posts.flatMap(({ traces }) => traces?.read() ?? []),
    readGains: async () => {
      const all = await Promise.all(
        posts.map(async ({ namespace, handle, before }) =>
          gains(namespace.name, before, await readCounts(system, namespace, handle, mark.family)),
        ),
      );
      return all.flat();
    },
    tapped: posts.flatMap(({ namespace, tap }) => (tap ? [namespace.name] : [])),
    traced: posts.flatMap(({ namespace, traces }) => (traces ? [namespace.name] : [])),
    weaker,
    close,
  };
}
