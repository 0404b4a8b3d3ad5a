/** Asks the kernel which nsid a namespace has in another, once for each pair that matters. */
import { readNsid } from '../../probes/nsids.ts';
import type { OpenNamespace } from './open-namespaces.ts';

/** The nsids that were asked for, by `reader>candidate`. They stay as long as both namespaces live (net_namespace.c). */
export type KnownNsids = ReadonlyMap<string, number>;

export type NsidOracle = {
  /** The nsid of `candidate` as `reader` sees it. What the kernel refuses counts as 'none'. */
  readonly nsidOf: (reader: string, candidate: string) => number | undefined;
  readonly known: () => KnownNsids;
};

/**
 * An oracle that begins with what is known and asks the rest of the namespaces that `find` opens; it must be asked
 * before they are closed. That there is no nsid is not kept: the next link may need one.
 */
export function nsidOracle(
  find: (id: string) => OpenNamespace | undefined,
  known: KnownNsids = new Map(),
): NsidOracle {
  const answers = new Map<string, number | undefined>(known);
  return {
    nsidOf: (reader, candidate) => {
      const key = `${reader}>${candidate}`;
      if (!answers.has(key)) answers.set(key, ask(find(reader), find(candidate)));
      return answers.get(key);
    },
    known: () => new Map([...answers].flatMap(([key, nsid]) => (nsid === undefined ? [] : [[key, nsid]]))),
  };
}

function ask(reader: OpenNamespace | undefined, candidate: OpenNamespace | undefined): number | undefined {
  if (!reader || !candidate) return undefined;
  try {
    return readNsid(reader.rtnetlink, candidate.handle);
  } catch {
    return undefined;
  }
}
