/**
 * `mtu-blackhole`: a later link takes less than the sender's, and what would tell the sender so, ICMP 'fragmentation needed'
 * (RFC 1191, RFC 2923), is dropped on this host.
 */
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { evaluateHook, type HookResult } from '../path/netfilter/evaluate-hook.ts';
import { firewallOf } from '../path/netfilter/firewall.ts';
import { type Packet, PROTOCOL } from '../path/netfilter/packet.ts';
import { surroundingsOf } from '../path/netfilter/surroundings-of.ts';
import { type CheckContext, defineCheck } from './check.ts';
import { commandIn, iptablesTool } from './shell.ts';

export const mtuBlackhole = defineCheck({
  id: 'mtu-blackhole',
  title: 'Large packets are lost: a link takes less, and nobody may say so',
  needs: ['links', 'rulesets', 'routes'],
  weight: 'degrades',
  evaluate: (context) => {
    const narrow = findNarrow(context);
    const silenced = narrow && whoSilences(context, narrow);
    if (!narrow || !silenced) return undefined;
    const { router, link, first } = narrow;
    const { decision } = silenced.result;
    const clamp = ['-p', 'tcp', '--tcp-flags', 'SYN,RST', 'SYN', '-j', 'TCPMSS', '--clamp-mss-to-pmtu'];
    return {
      confidence: 'likely',
      namespace: silenced.namespace.name,
      subject: decision?.rule?.text ?? `policy of ${decision?.chain ?? silenced.hook}`,
      evidence: [
        {
          source: commandIn(context.from, 'ip', 'link', 'show', 'dev', first.name),
          value: `mtu ${first.mtu}`,
        },
        { source: commandIn(router, 'ip', 'link', 'show', 'dev', link.name), value: `mtu ${link.mtu}` },
        {
          source: `evaluation of hook ${silenced.hook} for ICMP type 3 code 4`,
          value: `dropped by ${decision?.rule?.text ?? `the policy of ${decision?.chain ?? silenced.hook}`}`,
        },
      ],
      fix: [commandIn(router, iptablesTool('ipv4', 'nft'), '-t', 'mangle', '-I', 'FORWARD', ...clamp)],
      more: "Handshakes and small requests pass, then everything hangs: full packets do not fit into the later link, TCP forbids routers to cut them, and the ICMP message that would make the sender use smaller ones is filtered. Uplinks over tunnels and clouds have 1280 to 1460 bytes while Docker's networks keep 1500. Give the network the smaller MTU (com.docker.network.driver.mtu), let ICMP type 3 code 4 pass, or clamp the MSS.",
    };
  },
});

type Narrow = { readonly router: Namespace; readonly link: Link; readonly first: Link };

/** The first router on the way whose link takes less than what the sender sends by. */
function findNarrow({ snapshot, from, walk, flow }: CheckContext): Narrow | undefined {
  if (walk.verdict === 'broken' || flow.destination.includes(':')) return undefined;
  const byName = (namespace: Namespace | undefined, name: string | undefined) =>
    namespace?.links?.find((link) => link.name === name);
  const own = walk.hops.find(({ namespace, link }) => namespace === from.name && link !== undefined);
  const first = byName(from, own?.link);
  if (!first || first.kind === 'loopback') return undefined;
  for (const hop of walk.hops) {
    if (hop.stage !== 'route' || hop.namespace === from.name) continue;
    const router = snapshot.namespaces.find(({ name }) => name === hop.namespace);
    const link = byName(router, hop.link);
    if (router && link && link.mtu < first.mtu) return { router, link, first };
  }
  return undefined;
}

type Silenced = {
  readonly namespace: Namespace;
  readonly hook: 'output' | 'input';
  readonly result: HookResult;
};

/** Where the router's message is dropped for sure: as it leaves the router, or as the sender gets it. */
function whoSilences({ snapshot, from, walk }: CheckContext, { router }: Narrow): Silenced | undefined {
  // A clamped MSS keeps TCP from sending what does not fit.
  if (clampsMss(router, walk.met)) return undefined;
  const source = walk.hops.find(({ namespace }) => namespace === from.name) ? sourceIn(from) : undefined;
  const gateway = router.addresses?.find(({ family }) => family === 'ipv4')?.address;
  if (source === undefined || gateway === undefined) return undefined;
  const message = fragmentationNeeded(gateway, source);
  for (const [namespace, hook] of [
    [router, 'output'],
    [from, 'input'],
  ] as const) {
    if (!namespace.rulesets || !namespace.nftables) continue;
    const firewall = firewallOf(snapshot, namespace);
    const result = evaluateHook({
      firewall,
      family: 'ip',
      hook,
      packet: message,
      around: surroundingsOf(namespace),
    });
    if (result.verdict === 'drop' || result.verdict === 'reject') return { namespace, hook, result };
  }
  return undefined;
}

function sourceIn({ addresses = [] }: Namespace): string | undefined {
  return addresses.find(({ family, scope }) => family === 'ipv4' && scope === 'global')?.address;
}

function clampsMss({ id, rulesets = [] }: Namespace, met: CheckContext['walk']['met']): boolean {
  return met.some(
    (one) =>
      one.namespace === id &&
      rulesets.some(({ tables }) =>
        tables.some(
          ({ name, chains }) =>
            name === one.table &&
            chains.some(
              (chain) =>
                chain.name === one.chain &&
                chain.rules.some(({ number, target }) => number === one.number && target === 'TCPMSS'),
            ),
        ),
      ),
  );
}

/** ICMP type 3 code 4 (RFC 792), which connection tracking relates to the connection that caused it. */
function fragmentationNeeded(source: string, destination: string): Packet {
  return {
    family: 'ipv4',
    protocol: PROTOCOL.icmp,
    source,
    destination,
    tcpFlags: 0,
    icmpType: 3,
    icmpCode: 4,
    mark: 0,
    connection: {
      state: 'related',
      direction: 'reply',
      original: { source: destination, destination: source },
      sourceTranslated: 'unknown',
      destinationTranslated: 'unknown',
      mark: 0,
    },
  };
}
