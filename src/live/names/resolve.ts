/** Resolves a name as the processes of a namespace would (resolv.conf(5)), with nothing of theirs: by asking their servers. */
import { openSame } from '../../discover/open-same.ts';
import type { Asked, NameAnswer } from '../../model/name-answer.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { ResolverSettings } from '../../model/resolver.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { namesToAsk, serversToAsk } from '../../path/names/search-names.ts';
import { type System, SystemError } from '../../system/system.ts';
import { askServer } from './ask-server.ts';

export type ResolveRequest = {
  readonly from: Namespace;
  readonly settings: ResolverSettings;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Told what is sent, before it is sent. */
  readonly note: (text: string) => void;
};

/** Milliseconds for all that is asked: a program would wait for five seconds and then ask again. */
const PATIENCE_MS = 2_500;
/** Milliseconds for the servers behind the embedded one, all at once. */
const UPSTREAM_PATIENCE_MS = 800;

/** Throws `SystemError` where the namespace cannot be entered. */
export async function resolveLive(
  system: System,
  snapshot: Snapshot,
  { from, settings, name, signal, note }: ResolveRequest,
): Promise<NameAnswer> {
  const handle = openSame(system, from);
  const asked: Asked[] = [];
  try {
    const servers = serversToAsk(settings);
    note(`asking ${servers.join(', ')} for ${name} from ${from.name}, by UDP port 53`);
    const deadline = system.clock.monotonicMs() + PATIENCE_MS;
    for (const wanted of namesToAsk(name, settings)) {
      let final = false;
      for (const [index, server] of servers.entries()) {
        const left = deadline - system.clock.monotonicMs();
        const patienceMs = Math.max(0, left / (servers.length - index));
        const answer = await askServer(system, handle, { server, name: wanted }, { patienceMs, signal });
        const { addresses, ...said } = answer;
        asked.push({ server, namespace: from.name, name: wanted, ...said });
        if (addresses.length > 0) return { name, addresses, source: 'server', asked };
        final = answer.outcome === 'no-such-name' || answer.outcome === 'no-address';
        if (final) break;
      }
      // Where nobody could say, the next name would not be told either.
      if (!final) return { name, addresses: [], source: null, asked: [...asked, ...(await askUpstreams())] };
    }
    return { name, addresses: [], source: null, asked };
  } finally {
    handle.close();
  }

  async function askUpstreams(): Promise<readonly Asked[]> {
    const upstreams = settings.embedded ? (settings.upstreams ?? []) : [];
    const wanted = namesToAsk(name, settings)[0] ?? name;
    const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
    const all = upstreams.slice(0, 3).map(async ({ address, fromHost }): Promise<readonly Asked[]> => {
      const place = fromHost ? host : from;
      if (!place || signal.aborted) return [];
      const said = await askFrom(place, address, wanted);
      return said ? [{ server: address, namespace: place.name, name: wanted, upstream: true, ...said }] : [];
    });
    return (await Promise.all(all)).flat();
  }

  /** Undefined where the namespace cannot be entered. */
  async function askFrom(place: Namespace, server: string, wanted: string) {
    try {
      const entered = openSame(system, place);
      try {
        const options = { patienceMs: UPSTREAM_PATIENCE_MS, signal };
        const { outcome, detail } = await askServer(system, entered, { server, name: wanted }, options);
        return { outcome, ...(detail === undefined ? {} : { detail }) };
      } finally {
        entered.close();
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return undefined;
    }
  }
}
