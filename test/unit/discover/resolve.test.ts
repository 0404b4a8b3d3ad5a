import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/discover/place.ts';
import { type FoundNamespace, resolveNamespaces } from '../../../src/discover/resolve.ts';
import type { Container, DockerNetwork } from '../../../src/model/container.ts';
import type { LinkFact } from '../../../src/model/link.ts';
import { container, linkFact } from '../../helpers/made-up.ts';

const hostPlace: Place = { path: '/proc/thread-self/ns/net', kind: 'host', name: 'host' };
const named = (name: string): Place => ({ path: `/run/netns/${name}`, kind: 'named', name });
const running = (one: Container): Place => ({
  path: `/proc/${one.pid}/ns/net`,
  kind: 'container',
  name: one.name,
  container: one,
});
const processOf = (pid: number): Place => ({
  path: `/proc/${pid}/ns/net`,
  kind: 'process',
  name: `pid:${pid}`,
});

const found = (id: string, places: readonly Place[], links: readonly LinkFact[] = []): FoundNamespace => ({
  id,
  places,
  pids: [],
  facts: { links },
});
const resolve = (...all: readonly FoundNamespace[]) => resolveNamespaces(all, [], () => undefined);

const network = (name: string, bridge: string): DockerNetwork => ({
  id: name,
  name,
  driver: 'bridge',
  internal: false,
  bridge,
  subnets: [],
  gateways: [],
  options: {},
});

describe('the name and kind of a namespace', () => {
  const web = container({ name: 'web', pid: 40 });

  test.each([
    ['the host’s before a container’s (--network host)', [running(web), hostPlace], 'host', 'host'],
    ['a container’s before a name of ip netns', [named('blue'), running(web)], 'web', 'container'],
    ['a name of ip netns before a process’s', [processOf(9), named('blue')], 'blue', 'named'],
    ['a process’s where nothing else is known', [processOf(9)], 'pid:9', 'process'],
  ])('are %s', (_, places, name, kind) => {
    const [only] = resolve(found('1', places));
    expect(only).toMatchObject({ name, kind });
    expect(new Set(only?.names)).toEqual(new Set(places.map((place) => place.name)));
  });

  test('are those of the container that made it, before those that joined it', () => {
    const sidecar = container({
      id: 'b'.repeat(64),
      name: 'a-sidecar',
      pid: 41,
      networkMode: `container:${web.id}`,
    });
    const [only] = resolve(found('1', [running(sidecar), running(web)]));
    expect(only?.name).toBe('web');
    expect(only?.containers.map(({ name }) => name)).toEqual(['web', 'a-sidecar']);
  });

  test('put the host first, then containers, then names, then processes', () => {
    const all = resolve(
      found('4', [processOf(9)]),
      found('3', [named('blue')]),
      found('2', [running(web)]),
      found('5', [named('azure')]),
      found('1', [hostPlace]),
    );
    expect(all.map(({ name }) => name)).toEqual(['host', 'web', 'azure', 'blue', 'pid:9']);
  });
});

describe('a link', () => {
  const eth0 = linkFact({ ifindex: 2, lowerIfindex: 7, lowerNsid: 0, mac: '02:00:00:00:00:02' });
  const port = linkFact({
    ifindex: 7,
    name: 'veth7',
    lowerIfindex: 2,
    lowerNsid: 0,
    masterIfindex: 3,
    mac: '',
  });
  const bridge = linkFact({ ifindex: 3, name: 'br-back', kind: 'bridge', mac: '' });
  const mutual = (reader: string, candidate: string) => (reader === candidate ? undefined : 0);

  test('has its peer, its master by name and its addresses, IPv4 first', () => {
    const address = { ifindex: 2, prefixLength: 16, scope: 'global', flags: [] };
    const facts = {
      links: [eth0],
      addresses: [
        { ...address, family: 'ipv6' as const, address: 'fd00::2', prefixLength: 64 },
        { ...address, family: 'ipv4' as const, address: '172.17.0.2' },
        { ...address, ifindex: 9, family: 'ipv4' as const, address: '10.0.0.1' },
      ],
    };
    const web = { id: '2', places: [named('web')], pids: [], facts };
    const [host, inside] = resolveNamespaces([found('1', [hostPlace], [port, bridge]), web], [], mutual);
    expect(inside?.links).toMatchObject([
      {
        addresses: ['172.17.0.2/16', 'fd00::2/64'],
        peer: { namespace: '1', ifindex: 7, name: 'veth7' },
        master: null,
      },
    ]);
    expect(host?.links?.map(({ name, master }) => [name, master])).toEqual([
      ['br-back', null],
      ['veth7', { ifindex: 3, name: 'br-back' }],
    ]);
  });

  test('whose master was not read names it by its number', () => {
    expect(resolve(found('1', [hostPlace], [port]))[0]?.links?.[0]?.master).toEqual({
      ifindex: 3,
      name: 'ifindex 3',
    });
  });

  test('belongs to the Docker network of the endpoint with its MAC, whatever bridge it hangs on', () => {
    const endpoint = { networkId: 'x', addresses: [] };
    const web = container({
      pid: 40,
      endpoints: [
        { ...endpoint, network: 'front', mac: '02:00:00:00:00:01' },
        { ...endpoint, network: 'back', mac: '02:00:00:00:00:02' },
      ],
    });
    const all = [found('1', [hostPlace], [port, bridge]), found('2', [running(web)], [eth0])];
    const [, inside] = resolveNamespaces(all, [network('other', 'br-back')], mutual);
    expect(inside?.links?.[0]?.network).toBe('back');
  });

  test('belongs to the Docker network of the bridge that its peer is a port of', () => {
    const all = [found('1', [hostPlace], [port, bridge]), found('2', [named('web')], [eth0])];
    const [host, inside] = resolveNamespaces(all, [network('back', 'br-back')], mutual);
    expect(inside?.links?.[0]?.network).toBe('back');
    expect(host?.links?.map((link) => link.network)).toEqual(['back', 'back']);
  });

  test('on a bridge of that name in another namespace belongs to no Docker network', () => {
    const all = [found('1', [hostPlace]), found('2', [named('lan')], [port, bridge])];
    const [, lan] = resolveNamespaces(all, [network('back', 'br-back')], mutual);
    expect(lan?.links?.map((link) => link.network)).toEqual([null, null]);
  });
});

describe('a namespace whose links were not read', () => {
  test('has none, rather than an empty table', () => {
    const [only] = resolveNamespaces(
      [{ id: '1', places: [hostPlace], pids: [], facts: {} }],
      [],
      () => undefined,
    );
    expect(only).not.toHaveProperty('links');
  });
});
