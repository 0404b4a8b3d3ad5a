/**
 * Where a packet that a process of the namespace sends goes, computed from a snapshot: what `ip route get` would say there.
 * A namespace whose policy rules were not read is taken to have those it began with, unless tables beside local, main and
 * default hold routes.
 */
import type { Namespace } from '../../model/namespace.ts';
import { outputIpv6 } from './ipv6.ts';
import { outputIpv4 } from './output-ipv4.ts';
import { prepare } from './prepare.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';

/** `inLink` is not looked at. `unknown` says what is not known; nothing is guessed. */
export function lookUp(namespace: Namespace, query: RouteQuery): RouteAnswer {
  const sent = sentOf(query);
  const prepared = prepare(namespace, sent);
  if (prepared.kind === 'unknown') return prepared;
  const { fib, flow } = prepared;
  return sent.family === 'ipv4' ? outputIpv4(fib, sent, flow) : outputIpv6(fib, sent, flow);
}

/** All zeros stand for a source that is not chosen yet. */
function sentOf({ inLink: _none, source, ...query }: RouteQuery): RouteQuery {
  return source === undefined || /^[0:.]+$/.test(source) ? query : { ...query, source };
}
