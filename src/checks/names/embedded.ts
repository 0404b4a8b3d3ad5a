/** Causes in Docker's embedded server, and of a name server on a loopback address: `dns-embedded-nat-missing`, `dns-loopback-nameserver`, `dns-server-failed`. */
import type { Cause } from '../../model/diagnosis.ts';
import { isLoopback } from '../../path/prefix.ts';
import { commandIn, shellCommand } from '../shell.ts';
import { EMBEDDED, type NameCase, type ServerWay, serverEvidence } from './name-case.ts';

/** A server in the sender's own namespace that is not there; undefined where it is, or is elsewhere. */
export function loopbackCause(named: NameCase, way: ServerWay): Cause | undefined {
  const { server } = way;
  if (!isLoopback(server)) return undefined;
  const unheard = way.walked.trace.trip?.faults.find(
    (fault) => fault.kind === 'no-listener' && fault.namespace.id === named.from.id,
  );
  if (!unheard) return undefined;
  if (server !== EMBEDDED) return loopbackNameserver(named, way);
  return way.walked.diagnosis.hops.some(({ rewrites }) => rewrites?.destination !== undefined)
    ? embeddedGone(named, way)
    : embeddedNatMissing(named, way);
}

function loopbackNameserver(named: NameCase, way: ServerWay): Cause {
  const { from, settings } = named;
  const told = settings.nameservers.length === 0;
  return {
    id: 'dns-loopback-nameserver',
    title: told
      ? 'No name server is named, and none listens on the loopback address that stands in for it'
      : 'The name server is on a loopback address, where nothing listens in this namespace',
    confidence: 'proven',
    namespace: from.name,
    subject: way.server,
    evidence: [...serverEvidence(named, way), sockets(named, `nothing on ${way.server}:53`)],
    fix: [],
    more: `${way.server} is this namespace's own loopback, not the host's: a stub such as systemd-resolved or dnsmasq that listens on the host's is not heard here. Docker leaves such servers out when it copies the host's resolv.conf; one that is mounted into the container, or shared by a namespace made by hand, still names them. Name a server that can be reached from here: docker run --dns, "dns" in /etc/docker/daemon.json, /etc/netns/NAME/resolv.conf for a namespace of ip netns. /run/systemd/resolve/resolv.conf lists those that systemd-resolved asks itself.`,
  };
}

function embeddedNatMissing(named: NameCase, way: ServerWay): Cause {
  const { from } = named;
  const rules = (from.rulesets ?? []).flatMap(({ flavour, family, tables }) =>
    family === 'ipv4'
      ? tables.filter(({ name }) => name === 'nat').map(({ chains }) => ({ flavour, chains }))
      : [],
  );
  const [tool = 'nft'] = rules.map(({ flavour }) => flavour);
  return {
    id: 'dns-embedded-nat-missing',
    title: "The rules that lead to Docker's embedded name server are gone from the container's namespace",
    confidence: 'proven',
    namespace: from.name,
    subject: `${EMBEDDED}:53`,
    evidence: [
      ...serverEvidence(named, way),
      {
        source: commandIn(from, `iptables-${tool}`, '-t', 'nat', '-S'),
        value: `no rule leads ${EMBEDDED}:53 to a socket`,
      },
      sockets(named, `nothing on ${EMBEDDED}:53${resolverSockets(named)}`),
    ],
    fix: restart(named),
    more: `Docker's embedded server listens on a random port of ${EMBEDDED} in each container's namespace, and rules of the namespace's own nat table (DOCKER_OUTPUT, DOCKER_POSTROUTING) lead port 53 there. A firewall that was flushed inside the namespace, by a sidecar, a VPN client or firewalld, takes them along. Docker writes them when the container starts; restarting it is enough.`,
  };
}

function embeddedGone(named: NameCase, way: ServerWay): Cause {
  return {
    id: 'dns-server-failed',
    title: "Docker's embedded name server no longer listens in the container's namespace",
    confidence: 'proven',
    namespace: named.from.name,
    subject: `${EMBEDDED}:53`,
    evidence: [...serverEvidence(named, way), sockets(named, 'nothing where the rules lead')],
    fix: restart(named),
    more: "The rules of the namespace lead to a port where nothing listens. The server is part of the engine's daemon: where that has been stopped or has crashed, the socket is gone with it, although containers live on.",
  };
}

function restart({ from }: NameCase): readonly string[] {
  const [container] = from.containers;
  return container ? [shellCommand('docker', 'restart', container.name)] : [];
}

function sockets({ from }: NameCase, value: string) {
  return { source: commandIn(from, 'ss', '-lun'), value };
}

/** The port where the server itself is, if it can be seen. */
function resolverSockets({ from }: NameCase): string {
  const own = (from.sockets ?? []).filter(
    ({ protocol, address }) => protocol === 'udp' && address === EMBEDDED,
  );
  return own.length === 0 ? '' : `, only ${own.map(({ port }) => `${EMBEDDED}:${port}`).join(', ')}`;
}
