/** `snat-wrong-source`: the source is translated to an address that answers do not find back to (nf_nat, SNAT). */
import type { Hop } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import { contains } from '../path/prefix.ts';
import { type CheckContext, defineCheck } from './check.ts';
import { deleteHopRule, ruleEvidence } from './hop-rules.ts';
import { commandIn, ipFor } from './shell.ts';
import { hostOf } from './unowned.ts';

export const snatWrongSource = defineCheck({
  id: 'snat-wrong-source',
  title: 'The source is translated to an address that is not on the host',
  needs: ['rulesets', 'addresses', 'routes'],
  // What becomes of answers to an address that is nobody's.
  silences: [
    'destination-unowned',
    'no-return-route',
    'gateway-arp-failed',
    'host-no-upstream',
    'route-blackhole',
  ],
  evaluate: (context) => {
    const wrong = findWrongSource(context);
    if (!wrong) return undefined;
    const { hop, namespace, address } = wrong;
    return {
      confidence: 'likely',
      namespace: namespace.name,
      subject: address,
      evidence: [
        ...ruleEvidence(context, hop),
        {
          source: commandIn(namespace, ...ipFor(address), 'address', 'show', 'to', address),
          value: `no link of ${namespace.name} has ${address}`,
        },
      ],
      fix: deleteHopRule(context, hop),
      more: "Whoever answers sends to the source that it saw. SNAT writes any address into it, also one that has moved to another machine, or that was never here: the answers then go there, or nowhere. A rule left over from another network, or from an address that was given up, is the usual reason; it matches before the engine's MASQUERADE, which always takes an address of the link. Name an address of this host, or use MASQUERADE.",
    };
  },
});

type WrongSource = { readonly hop: Hop; readonly namespace: Namespace; readonly address: string };

/** Translated to an address of another, where the answer is lost for sure, or would be asked for on the link itself. */
function findWrongSource({ snapshot, walk, note }: CheckContext): WrongSource | undefined {
  if (walk.verdict === 'works') return undefined;
  for (const hop of walk.hops) {
    const address = hostOf(hop.rewrites?.source ?? '');
    const namespace = snapshot.namespaces.find(({ name }) => name === hop.namespace);
    if (hop.stage !== 'nat' || address === '' || !namespace?.addresses) continue;
    if (namespace.addresses.some((one) => one.address === address)) continue;
    const answer = walk.faults.find(({ direction, kind }) => direction === 'answer' && LOST.has(kind));
    const link = namespace.links?.find(({ name }) => name === hop.link);
    const isOnLink = link?.addresses.some((own) => contains(own, address) === true) ?? false;
    if (!answer && !isOnLink) continue;
    if (answer) note?.(answer);
    return { hop, namespace, address };
  }
  return undefined;
}

/** How an answer to an address that is not here is lost. */
const LOST: ReadonlySet<string> = new Set(['unowned', 'no-route', 'neighbour-silent', 'neighbour-wrong']);
