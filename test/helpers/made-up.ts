/** Facts for tests, complete but for what a test is about: give what matters, the rest is plain. */
import type { Container } from '../../src/model/container.ts';
import type { Link, LinkFact } from '../../src/model/link.ts';
import type { Namespace } from '../../src/model/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

export function linkFact(given: Partial<LinkFact> = {}): LinkFact {
  return {
    ifindex: 2,
    name: 'eth0',
    kind: 'veth',
    mac: '02:42:ac:11:00:02',
    mtu: 1500,
    operState: 'up',
    adminUp: true,
    carrier: true,
    ...given,
  };
}

export function link(given: Partial<Link> = {}): Link {
  return { ...linkFact(), addresses: [], peer: null, master: null, network: null, ...given };
}

export function container(given: Partial<Container> = {}): Container {
  return {
    id: 'c0ffee'.padEnd(64, '0'),
    name: 'web',
    image: 'bb',
    state: 'running',
    pid: 0,
    networkMode: 'default',
    endpoints: [],
    ports: [],
    ...given,
  };
}

export function namespace(given: Partial<Namespace> = {}): Namespace {
  const name = given.name ?? 'web';
  return {
    id: '4026532001',
    name,
    names: [name],
    kind: 'container',
    paths: [],
    pids: [],
    containers: [],
    ...given,
  };
}

export function snapshot(given: Partial<Snapshot> = {}): Snapshot {
  return {
    takenAt: '2026-01-02T03:04:05.678Z',
    hostname: 'lab',
    engine: null,
    namespaces: [],
    stoppedContainers: [],
    networks: [],
    gaps: [],
    ...given,
  };
}
