/** Which ways are looked at, from whom, and what of them is told, on a host whose uplink leads to a real network. */
import { describe, expect, test } from 'vitest';
import { startRound } from '../../../../src/checks/first-round/first-round.ts';
import type { Namespace } from '../../../../src/model/namespace.ts';
import {
  address,
  type Changes,
  CONTAINER,
  HOST_SYSCTLS,
  route,
  socket,
  WEB_ROUTES,
  whole,
  world,
} from '../world.ts';

const published = (...bound: readonly string[]): Partial<Namespace> => ({
  containers: [
    {
      ...CONTAINER,
      ports: bound.map((hostAddress) => ({
        protocol: 'tcp',
        containerPort: 80,
        hostAddress,
        hostPort: 8080,
      })),
    },
  ],
});
/** docker-proxy, which serves what comes from the host itself. */
const proxied = { sockets: [socket(8080, { owners: [{ pid: 9, name: 'docker-proxy' }] })] };

function look(changes: Changes = {}) {
  const { round, wanted } = startRound()(world(changes).snapshot);
  const about = (n: number) => round.checked.find((way) => way.n === n)?.about;
  return {
    round,
    wanted,
    results: Object.fromEntries(round.checked.map((way) => [way.about, way.result])),
    hits: round.causes.map(({ id, hits }) => [id, hits.map(about)]),
  };
}

describe('the ways', () => {
  test('every container has one out, and nothing is found on a healthy host', () => {
    const { results, hits, round } = look();
    expect(results).toEqual({ 'web → internet': 'fine', 'web2 → internet': 'fine', 'db → internet': 'fine' });
    expect(hits).toEqual([]);
    expect(round.leftOut).toEqual([]);
  });

  test('a published port is asked for by somebody of the network outside whom nobody is, and from the host', () => {
    const { round } = look({ web: published('0.0.0.0') });
    const asked = round.checked.filter(({ kind }) => kind === 'published');
    expect(asked.map(({ flow: { from, to, port } }) => ({ from, to, port }))).toEqual([
      { from: '10.0.0.254', to: '10.0.0.2:8080', port: 8080 },
      { from: 'host', to: '127.0.0.1:8080', port: 8080 },
    ]);
    expect(asked[0]?.result).toBe('fine');
  });

  test('the one who asks takes no address that somebody is known to have', () => {
    const neighbours = [{ ifindex: 2, family: 'ipv4', address: '10.0.0.254', state: 'REACHABLE' } as const];
    const { round } = look({
      web: published('0.0.0.0'),
      host: { neighbours: neighbours.map((one) => ({ ...one, lladdr: '02:00:00:00:00:fe', flags: [] })) },
    });
    expect(round.checked.find(({ kind }) => kind === 'published')?.flow.from).toBe('10.0.0.253');
  });

  test('what is published at a loopback address is asked for from the host alone', () => {
    const { round } = look({ web: published('127.0.0.1') });
    const asked = round.checked.filter(({ kind }) => kind === 'published');
    expect(asked.map(({ flow }) => flow.from)).toEqual(['host']);
  });

  test('a host without a way out still has its ports asked for from its network', () => {
    const { round, hits } = look({
      web: published('0.0.0.0'),
      host: { routes: [route('10.0.0.0/24', 2), route('172.17.0.0/16', 3), route('172.18.0.0/16', 5)] },
    });
    expect(round.checked.find(({ kind }) => kind === 'published')?.flow.from).toBe('10.0.0.254');
    expect(hits[0]).toEqual(['host-no-upstream', ['web → internet', 'web2 → internet', 'db → internet']]);
  });

  test('IPv6 is a way of its own where a namespace is led out by it', () => {
    const addresses = [address(2, '172.17.0.2/16'), address(2, 'fd00:d::2/64')];
    const routes = [...WEB_ROUTES, route('default', 2, { gateway: 'fd00:d::1', family: 'ipv6' })];
    expect(Object.keys(look({ web: { addresses, routes } }).results)).toContain('web → internet (IPv6)');
    expect(Object.keys(look({ web: { addresses } }).results)).not.toContain('web → internet (IPv6)');
  });

  test('a namespace that is wired to nobody and belongs to no container is not asked for anything', () => {
    const alone = whole({
      id: '9000',
      name: 'sandbox',
      kind: 'process',
      links: [],
      addresses: [],
      routes: [],
    });
    expect(Object.keys(look({ more: [alone] }).results)).not.toContain('sandbox → internet');
  });
});

describe('the findings', () => {
  test('one fault of the host is one finding for all that it hits', () => {
    const sysctls = Object.fromEntries(
      Object.entries(HOST_SYSCTLS).map(([path, value]) => [path, /forward/.test(path) ? '0' : value]),
    );
    const { hits } = look({ host: { sysctls } });
    expect(hits).toEqual([['ip-forward-off', ['web → internet', 'web2 → internet', 'db → internet']]]);
  });

  test('a fault beside a way that is closed by design is not told for that way', () => {
    const { results, hits } = look({
      web: { links: [], addresses: [], routes: [], containers: [{ ...CONTAINER, networkMode: 'none' }] },
    });
    expect(results['web → internet']).toBe('by-design');
    expect(hits).toEqual([['network-mode-shape', ['web → internet']]]);
  });

  test('a port that nothing serves is one finding for whoever asks', () => {
    const { hits } = look({ web: { ...published('0.0.0.0'), sockets: [] }, host: proxied });
    expect(hits[0]?.[1]).toEqual(expect.arrayContaining(["web's port 10.0.0.2:8080/tcp, from outside"]));
  });
});

describe('what was not seen', () => {
  test('containers and namespaces that were not reached are named', () => {
    const { round } = look({
      snapshot: {
        stoppedContainers: [
          { ...CONTAINER, name: 'far' },
          { ...CONTAINER, name: 'ended', state: 'exited' },
        ],
        gaps: [
          { probe: 'netns c1', reason: 'setns: EPERM', needs: 'run as root' },
          { probe: 'docker', reason: 'no engine', needs: 'start Docker' },
        ],
      },
    });
    expect(round.leftOut.map(({ what }) => what)).toEqual(['netns c1', 'container far']);
  });

  test('rules that were not read leave ways undecided, and ask for them', () => {
    const { host } = world();
    const { rulesets: _rules, nftables: _tables, ...unread } = host;
    const { snapshot } = world();
    const { round } = startRound()({
      ...snapshot,
      namespaces: snapshot.namespaces.map((one) => (one.id === host.id ? unread : one)),
    });
    expect(round.checked.map(({ result }) => result)).toEqual(['undecided', 'undecided', 'undecided']);
    expect(round.checked[0]?.undecided).not.toBe('');
  });
});
