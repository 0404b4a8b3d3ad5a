/** Causes on the way to a name server, and in what it says: `dns-upstream-unreachable`, `dns-gateway-input-drop`, `dns-internal-network`, `dns-server-failed`, `dns-name-unknown`. */
import type { Cause } from '../../model/diagnosis.ts';
import { becomes, EMBEDDED, type NameCase, type ServerWay, serverEvidence } from './name-case.ts';
import { internalNetwork } from './peers.ts';

const UPSTREAM = {
  id: 'dns-upstream-unreachable',
  title: 'The name server is not reached',
  more: "Without its server no name is resolved, although addresses may be reached. Docker's embedded server knows the containers of its networks and hands every other question to the servers of the host's resolv.conf or of --dns, from the container's own namespace: the firewall, routes and translation of the container's way out apply to it. A server of a VPN or of a LAN that is no longer there stays in use until the container is started anew.",
} as const;
const INPUT_DROP = {
  id: 'dns-gateway-input-drop',
  title: "The name server is the host itself, and the host's firewall drops the question",
  more: 'A resolver that runs on the host and is asked at a bridge address, or at any other address of the host, is reached through INPUT. Accept UDP and TCP port 53 from the bridge there.',
} as const;

/** What keeps questions from the server, or undefined where nothing does. */
export function wayCauses(named: NameCase, way: ServerWay): readonly Cause[] {
  const { diagnosis } = way.walked;
  const silent = isSilent(way);
  if (diagnosis.verdict !== 'broken') return silent ? [unanswered(named, way)] : [];
  const [first] = diagnosis.causes;
  if (!first) return [unanswered(named, way)];
  const options = { before: serverEvidence(named, way), proven: silent };
  if (first.id === 'host-input-drop') return [becomes(first, INPUT_DROP, options)];
  if (first.id === 'network-internal') {
    const internal = internalNetwork(named);
    return internal ? [internal] : diagnosis.causes;
  }
  // What keeps the sender from the internet as well is no matter of names.
  const everywhere = named.internet.diagnosis.causes.some(
    ({ id, subject }) => id === first.id && subject === first.subject,
  );
  if (everywhere && way.namespace.id === named.from.id) return diagnosis.causes;
  return [becomes(first, UPSTREAM, options)];
}

function isSilent({ asked }: ServerWay): boolean {
  return ['no-answer', 'nobody-listens', 'unreachable'].includes(asked?.outcome ?? '');
}

/** Nothing that was read is in the way, and nothing came back. */
function unanswered(named: NameCase, way: ServerWay): Cause {
  return {
    ...UPSTREAM,
    confidence: way.asked ? 'proven' : 'likely',
    namespace: way.namespace.name,
    subject: way.server,
    evidence: serverEvidence(named, way),
    fix: [],
  };
}

/** Embedded: what becomes of a question that it cannot answer by itself. */
export function upstreamCauses(named: NameCase, way: ServerWay): readonly Cause[] {
  const { upstreams, answer } = named;
  const isAsked = answer.asked.length > 0;
  const internal = internalNetwork(named);
  const lost = upstreams.map((one) => wayCauses(named, one));
  const [first = []] = lost.filter((causes) => causes.length > 0);
  const all = lost.length > 0 && lost.every((causes) => causes.length > 0);
  if (internal && (isAsked || all)) return [internal];
  if (all) return first;
  if (!isAsked) return [];
  const heard = upstreams.filter(({ asked }) => asked);
  // With an upstream that answers, or speaks of its own failure, the fault is not on the way.
  if (heard.length > 0)
    return [failed(named, heard.find(({ asked }) => asked?.outcome !== 'answered') ?? way)];
  return [unanswered(named, way)];
}

/** The server answers, and says that it cannot tell. */
export function failed(named: NameCase, way: ServerWay): Cause {
  return {
    id: 'dns-server-failed',
    title: 'The name server is reached, and fails',
    confidence: 'proven',
    namespace: way.namespace.name,
    subject: way.server,
    evidence: serverEvidence(named, way),
    fix: [],
    more: 'The way there and back is open, and the server answers that it cannot or will not tell: it does not reach the servers that it asks itself, the signatures of the zone do not hold (DNSSEC), or it does not serve whoever comes from this address. The network of this host is not in the way.',
  };
}

/** A server that should know says that there is no such name. */
export function unknownName(named: NameCase, way: ServerWay): Cause {
  const { snapshot, answer } = named;
  const bare = answer.name.replace(/\.$/, '');
  const stopped = snapshot.stoppedContainers.find(({ name }) => name === bare);
  const names = [...new Set(answer.asked.map(({ name }) => name))];
  const noAddress = way.asked?.outcome === 'no-address';
  return {
    id: 'dns-name-unknown',
    title: noAddress ? 'The name exists, and has no address' : 'There is no such name',
    confidence: 'proven',
    namespace: way.namespace.name,
    subject: answer.name,
    evidence: [
      ...serverEvidence(named, way),
      ...(names.length > 1 ? [{ source: 'names that were asked for', value: names.join(', ') }] : []),
      ...(stopped ? [{ source: `docker ps -a --filter name=${stopped.name}`, value: stopped.state }] : []),
    ],
    fix: stopped ? [`docker start ${stopped.name}`] : [],
    more: stopped
      ? 'Docker tells the names of running containers alone.'
      : `The server was asked and is sure of it. A mistyped name, a container that does not run or has another name, a search list that adds the wrong domain, or a server that does not know an inner zone look like this${way.server === EMBEDDED ? '; a name that no container on a shared network has is handed on to the outside' : ''}.`,
  };
}
