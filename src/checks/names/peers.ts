/** `dns-no-shared-network` and `dns-internal-network`: names that Docker does not tell, by design. */
import type { Cause } from '../../model/diagnosis.ts';
import { findNamesakes, hasNames } from '../../path/names/engine-names.ts';
import { shellCommand } from '../shell.ts';
import { askedEvidence, type NameCase, settingsEvidence } from './name-case.ts';

/** A container has the name, but no network on which the sender would be told it. */
export function noSharedNetwork({ snapshot, from, settings, answer }: NameCase): Cause | undefined {
  const namesakes = findNamesakes(snapshot, from, answer.name);
  const [namesake] = namesakes;
  const [sender] = from.containers;
  if (!namesake || !sender || namesakes.some(({ shared }) => shared)) return undefined;
  const { name } = namesake.container;
  const theirs = namesakes.find(({ endpoint }) => hasNames(endpoint))?.endpoint.network;
  const networksOf = (container: typeof sender) =>
    container.endpoints.map(({ network }) => network).join(', ') || 'none';
  const format = ['--format', '{{json .NetworkSettings.Networks}}'];
  return {
    id: 'dns-no-shared-network',
    title: 'The two containers share no network on which Docker tells names',
    confidence: answer.asked.length > 0 ? 'proven' : 'likely',
    namespace: from.name,
    subject: answer.name,
    evidence: [
      { source: shellCommand('docker', 'inspect', ...format, sender.name), value: networksOf(sender) },
      { source: shellCommand('docker', 'inspect', ...format, name), value: networksOf(namesake.container) },
      settingsEvidence({ from, settings }),
      ...answer.asked.slice(-1).map((asked) => askedEvidence(snapshot, asked)),
    ],
    fix:
      theirs === undefined
        ? [
            shellCommand('docker', 'network', 'create', 'shared'),
            shellCommand('docker', 'network', 'connect', 'shared', sender.name),
            shellCommand('docker', 'network', 'connect', 'shared', name),
          ]
        : [shellCommand('docker', 'network', 'connect', theirs, sender.name)],
    more: 'This is by design: Docker tells the names of containers only on networks that somebody made (docker network create, compose), and only those of the networks that the asking container is on. The default bridge has no such service at all; links were its substitute. Two compose projects have a network each. Put both containers on one network.',
  };
}

/** All networks of the sender are internal, and Docker's server asks nobody outside for them. */
export function internalNetwork({ snapshot, from, settings, answer }: NameCase): Cause | undefined {
  const ids = new Set(
    from.containers.flatMap(({ endpoints }) => endpoints.map(({ networkId }) => networkId)),
  );
  const networks = snapshot.networks.filter(({ id }) => ids.has(id));
  if (networks.length === 0 || networks.length < ids.size || networks.some(({ internal }) => !internal))
    return undefined;
  return {
    id: 'dns-internal-network',
    title: 'The network is internal, and names of the outside are not looked up from it, by design',
    confidence: answer.asked.length > 0 ? 'proven' : 'likely',
    namespace: from.name,
    subject: networks[0]?.name ?? from.name,
    evidence: [
      ...networks.map(({ name }) => ({
        source: shellCommand('docker', 'network', 'inspect', '--format', '{{.Internal}}', name),
        value: 'true',
      })),
      settingsEvidence({ from, settings }),
      ...answer.asked.slice(0, 1).map((asked) => askedEvidence(snapshot, asked)),
    ],
    fix: [],
    byDesign: true,
    more: "This is by design: from a network made with --internal nothing leads outside, and Docker's embedded server, which would ask other servers in the container's stead, has no way to them either. It still tells the names of the containers on the network. Connect the container to a second network if it needs names of the outside.",
  };
}
