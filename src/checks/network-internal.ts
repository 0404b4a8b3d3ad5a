/** `network-internal`: the sender is only on networks made with --internal, which reach nothing outside. By design. */
import type { CauseDetails, CheckContext } from './check.ts';
import { defineCheck, findFault } from './check.ts';
import { filterEvidence, findFiltered } from './filtered.ts';
import { shellCommand } from './shell.ts';

const MORE =
  'This is by design: a network made with --internal has no default route and rules that drop whatever would leave its subnet. Containers on it reach each other and nothing else. Connect the container to a second network as well if it needs the outside.';

export const networkInternal = defineCheck({
  id: 'network-internal',
  title: 'The network is internal, by design',
  needs: ['networks', 'routes', 'rulesets'],
  // Nothing that is meant to stay inside needs a route or a translation.
  silences: ['ctr-no-route', 'masq-missing', 'masq-mismatch', 'docker-rules-flushed'],
  evaluate: (context) => {
    const filtered = findFiltered(context, 'network-internal');
    const unrouted = findFault(
      context,
      'no-route',
      ({ forwarding, refusal, direction }) =>
        !forwarding && refusal.how === 'none' && direction === 'request',
    );
    const names = internalNetworks(context);
    if (!filtered && (!unrouted || names.length === 0)) return undefined;
    const details: CauseDetails = {
      confidence: 'likely',
      namespace: context.from.name,
      subject: names[0] ?? filtered?.inLink?.name ?? context.from.name,
      evidence: [
        ...names.map((name) => ({
          source: shellCommand('docker', 'network', 'inspect', '--format', '{{.Internal}}', name),
          value: 'true',
        })),
        ...(filtered ? filterEvidence(filtered) : []),
      ],
      fix: [],
      more: MORE,
      byDesign: true,
    };
    return details;
  },
});

/** The names of the sender's networks, if every one of them is internal. */
function internalNetworks({ snapshot, from }: CheckContext): readonly string[] {
  const names = new Set(from.containers.flatMap(({ endpoints }) => endpoints.map(({ network }) => network)));
  const networks = snapshot.networks.filter(({ name }) => names.has(name));
  const all =
    networks.length > 0 && networks.length === names.size && networks.every(({ internal }) => internal);
  return all ? networks.map(({ name }) => name) : [];
}
