/** The hop of a diagnosis that nobody could judge: a packet that leaves what this host decides is no doubt about this host. */
import type { Diagnosis, Hop } from './diagnosis.ts';

/** The first hop that nobody could judge; `isEnd` where it is only the packet leaving what this host decides, by a link. */
export function findOpenHop({
  hops,
  reply,
}: Pick<Diagnosis, 'hops' | 'reply'>):
  | { readonly open: Hop; readonly isEnd: true }
  | { readonly open: Hop | undefined; readonly isEnd: false } {
  const open = [...hops, ...reply].find((hop) => hop.verdict === 'unknown');
  const isLast = open !== undefined && open === hops.at(-1) && open.stage === 'deliver';
  const isEnd = isLast && open.link !== undefined;
  return isEnd ? { open, isEnd } : { open, isEnd: false };
}
