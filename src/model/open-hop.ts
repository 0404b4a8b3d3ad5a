/** The hop of a diagnosis that nobody could judge: a packet that leaves what this host decides is no doubt about this host. */
import type { Diagnosis, Hop } from './diagnosis.ts';

/**
 * The first hop that nobody could judge. `isEnd`: all of them were judged but for what lies beyond the last, where the packet
 * leaves by a link, or reaches a namespace that stands for the internet.
 */
export function findOpenHop({
  flow,
  hops,
  reply,
}: Pick<Diagnosis, 'flow' | 'hops' | 'reply'>):
  | { readonly open: Hop; readonly isEnd: true }
  | { readonly open: Hop | undefined; readonly isEnd: false } {
  const unknown = [...hops, ...reply].filter(({ verdict }) => verdict === 'unknown');
  const last = hops.at(-1);
  if (last === undefined) return { open: unknown[0], isEnd: false };
  const isInternet = flow.to === 'internet' && last.stage === 'deliver' && last.link !== undefined;
  const leaves = last.verdict === 'pass' && last.stage === 'link';
  const isEnd = unknown.every((hop) => hop === last) && (isInternet || leaves);
  return isEnd
    ? { open: last, isEnd }
    : { open: unknown.find((hop) => hop !== last) ?? unknown[0], isEnd: false };
}
