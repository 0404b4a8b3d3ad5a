/** Where a diagnosis may lead: the internet, the other namespaces, the published ports, or an address as typed. */
import fuzzysort from 'fuzzysort';
import type { Container } from '../model/container.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { firstAddress, listTargets } from './target-list.ts';

export type Proposal = {
  readonly key: string;
  /** Whose address it is: `db`, `web, published port 80`, `the internet`; empty for an address as typed. */
  readonly label: string;
  /** `IP` or `IP:PORT`; absent: the internet in general. */
  readonly to?: string;
};

const INTERNET: Proposal = { key: 'internet', label: 'the internet' };
/** Bound to every address of the host. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

/** What is worth asking from this namespace: first outwards, then its neighbours, then the ports that the host publishes. */
function listProposals(snapshot: Snapshot, from: Namespace): readonly Proposal[] {
  const entries = listTargets(snapshot).filter(({ namespace }) => namespace && namespace.id !== from.id);
  const namespaces = entries.flatMap(({ key, name, namespace }): readonly Proposal[] => {
    const address = namespace === undefined ? '' : firstAddress(namespace);
    return address === '' ? [] : [{ key, label: name, to: address }];
  });
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  const hostAddress = host === undefined ? '' : firstAddress(host);
  const containers = snapshot.namespaces.flatMap((namespace) => namespace.containers);
  return [INTERNET, ...namespaces, ...containers.flatMap((each) => publishedPorts(each, hostAddress))];
}

/** The proposals that fit the text, best first; an address as typed stands before them, and alone where nothing fits. */
export function findProposals(snapshot: Snapshot, from: Namespace, text: string): readonly Proposal[] {
  const proposals = listProposals(snapshot, from);
  const query = text.trim();
  if (query === '') return proposals;
  const words = ({ label, to = '' }: Proposal) => `${label} ${to}`;
  const fitting = fuzzysort
    .go(query, proposals, { key: words, threshold: LEAST_SCORE, limit: 0 })
    .map(({ obj }) => obj);
  const isProposed = fitting.some(({ to }) => to === query);
  const typed: Proposal = { key: 'typed', label: '', to: query };
  return fitting.length === 0 || (isAddress(query) && !isProposed) ? [typed, ...fitting] : fitting;
}

/** Of 1: loose enough for `wb` to find `web`, too strict for letters scattered over a whole line. */
const LEAST_SCORE = 0.2;

/** Looks complete: four numbers, or IPv6 with at least two colons; the diagnosis itself judges it. */
function isAddress(text: string): boolean {
  return /^\d+(\.\d+){3}(:\d+)?$/.test(text) || /^\[?[\da-f]*:[\da-f:.]*(:|\]:?\d*)/i.test(text);
}

/** TCP alone: a diagnosis of an address with a port is one of TCP. IPv4 alone: IPv6 bindings repeat the same ports. */
function publishedPorts(container: Container, hostAddress: string): readonly Proposal[] {
  return container.ports
    .filter(({ protocol, hostPort, hostAddress: bound }) => {
      const isReachable = bound !== '::' && (hostAddress !== '' || !ANY_ADDRESS.has(bound));
      return protocol === 'tcp' && hostPort > 0 && isReachable;
    })
    .map(({ hostAddress: bound, hostPort, containerPort }) => {
      const address = ANY_ADDRESS.has(bound) ? hostAddress : bound;
      const to = address.includes(':') ? `[${address}]:${hostPort}` : `${address}:${hostPort}`;
      return {
        key: `${container.id} ${to}`,
        label: `${container.name}, published port ${containerPort}`,
        to,
      };
    });
}
