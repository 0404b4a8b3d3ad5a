/**
 * resolv.conf(5), and the comment in which Docker tells whom its embedded server asks. Only what these words say is
 * kept: the file is a container's, and whatever else it holds is none of our business.
 */
import { cleanText } from '../src/model/clean-text.ts';
import type { ResolverSettings, Upstream } from '../src/model/resolver.ts';

/** Where Docker's embedded server listens, in each container's own namespace. */
const EMBEDDED = '127.0.0.11';
/** `# ExtServers: [192.0.2.53 host(127.0.0.53)]` */
const UPSTREAMS = /^#\s*ExtServers:\s*\[([^\]]*)\]/;
/** Characters of one word, and words of one kind, that are kept; a name has at most 253, and glibc takes three servers. */
const WORD_LIMIT = 256;
const WORDS_KEPT = 32;

/** An address, perhaps with a zone (`fe80::1%eth0`); anything else after `nameserver` is no server. */
const ADDRESS = /^[0-9a-fA-F:.]+(%[\w.-]+)?$/;

/** Of several `search` or `domain` lines the last one counts; `options` add up. */
export function parseResolvConf(text: string): Omit<ResolverSettings, 'path' | 'source'> {
  const nameservers: string[] = [];
  const options: string[] = [];
  let search: readonly string[] = [];
  let upstreams: readonly Upstream[] | undefined;
  for (const line of text.split('\n')) {
    const told = UPSTREAMS.exec(line);
    if (told) upstreams = words(told[1] ?? '').flatMap(parseUpstream);
    // A keyword must begin its line; after a space it is passed over.
    const [keyword = '', ...values] = /^\s/.test(line) ? [] : words(line);
    if (keyword === 'nameserver')
      nameservers.push(...values.slice(0, 1).filter((word) => ADDRESS.test(word)));
    else if (keyword === 'search') search = values;
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'options') options.push(...values);
  }
  return {
    nameservers: nameservers.slice(0, WORDS_KEPT),
    search,
    options: options.slice(0, WORDS_KEPT),
    embedded: nameservers.includes(EMBEDDED),
    ...(upstreams === undefined ? {} : { upstreams }),
  };
}

function words(line: string): readonly string[] {
  return line
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_KEPT)
    .map((word) => cleanText(word.slice(0, WORD_LIMIT)));
}

/** `host(ADDRESS)`: asked from the host's namespace, where that address is the host's own. */
function parseUpstream(word: string): readonly Upstream[] {
  const address = /^host\((.*)\)$/.exec(word)?.[1];
  const upstream = { address: address ?? word, fromHost: address !== undefined };
  return ADDRESS.test(upstream.address) ? [upstream] : [];
}
