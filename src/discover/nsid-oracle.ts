/** Asks the kernel which nsid a namespace has in another, once for each pair that matters. */
import { readNsid } from '../../probes/nsids.ts';
import type { OpenNamespace } from './open-namespaces.ts';

/** Must be asked before the namespaces are closed. What the kernel refuses counts as 'none'. */
export type NsidOracle = {
  /** The nsid of `candidate` as `reader` sees it. */
  readonly nsidOf: (reader: string, candidate: string) => number | undefined;
};

/** An oracle over open namespaces; it remembers its answers. */
export function nsidOracle(namespaces: readonly OpenNamespace[]): NsidOracle {
  const byId = new Map(namespaces.map((namespace) => [namespace.id, namespace]));
  const answers = new Map<string, number | undefined>();
  return {
    nsidOf: (reader, candidate) => {
      const key = `${reader}>${candidate}`;
      if (!answers.has(key)) answers.set(key, ask(byId.get(reader), byId.get(candidate)));
      return answers.get(key);
    },
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
