/**
 * Whether a namespace that hears a neighbour solicitation answers it (ndisc_recv_ns in net/ipv6/ndisc.c): only for an
 * address of the very link that hears it, and only once that address is known to be nobody else's (RFC 4862).
 */
import { findLink } from '../../model/snapshot.ts';
import type { Answer, Question } from './answer-arp.ts';
import type { Place } from './fault.ts';
import type { World } from './state.ts';

/** The answer of one namespace at one link; undefined where the address is nothing to it. */
export function answerNdp(world: World, place: Place, { address }: Question): Answer | undefined {
  const { namespace, link } = place;
  const { addresses, sysctls = {} } = namespace;
  if (!addresses) {
    world.wanted.add(namespace.id);
    return { place, kind: 'unknown', why: `addresses of ${namespace.name} were not read` };
  }
  const held = addresses.filter((one) => one.family === 'ipv6' && one.address === address);
  const own = held.find(({ ifindex }) => ifindex === link.ifindex);
  if (own) {
    if (own.flags.includes('dadfailed'))
      return { place, kind: 'silent', why: `${address} failed duplicate address detection` };
    if (own.flags.includes('tentative') && !own.flags.includes('optimistic'))
      return {
        place,
        kind: 'silent',
        why: `${address} is tentative: whether it is a duplicate is not known yet`,
      };
    return { place, kind: 'answers' };
  }
  const proxies =
    sysctls[`ipv6/conf/${link.name}/proxy_ndp`] === '1' || sysctls['ipv6/conf/all/proxy_ndp'] === '1';
  if (proxies)
    return {
      place,
      kind: 'unknown',
      why: `proxy_ndp is 1 on ${namespace.name}/${link.name}, and for whom was not read`,
    };
  const [elsewhere] = held;
  const holder = findLink(namespace, elsewhere?.ifindex);
  // A link-local address on another link is that link's own business.
  if (!holder || elsewhere?.scope === 'link') return undefined;
  return {
    place,
    holder: { namespace, link: holder },
    kind: 'silent',
    why: `${link.name} answers for its own addresses alone, and ${address} is on ${holder.name}`,
  };
}
