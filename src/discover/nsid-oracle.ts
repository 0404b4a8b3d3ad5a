/** Asks the kernel which nsid a namespace has in another, once for each pair that matters. */
import { readNsid } from '../../probes/nsids.ts';
import type { OpenNamespace } from './open-namespaces.ts';
import type { IsNsidOf } from './pair-links.ts';

/** An answerer over open namespaces; must be used before they are closed. What the kernel refuses counts as 'no'. */
export function askNsids(namespaces: readonly OpenNamespace[]): IsNsidOf {
  const byId = new Map(namespaces.map((namespace) => [namespace.id, namespace]));
  const answers = new Map<string, number | undefined>();
  return (reader, nsid, candidate) => {
    const key = `${reader}>${candidate}`;
    if (!answers.has(key)) answers.set(key, ask(byId.get(reader), byId.get(candidate)));
    return answers.get(key) === nsid;
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
