/**
 * Routes as computed from a snapshot against the kernel's own answers (RTM_GETROUTE), over random addresses, routes,
 * rules and sysctls. NETPEEK_SEED=N tries other ones, NETPEEK_ROUNDS=N makes a longer one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAddresses } from '../../probes/addresses.ts';
import { readLinks } from '../../probes/links.ts';
import { openRtnetlink, type Rtnetlink } from '../../probes/netlink/socket.ts';
import { askMatchingRoute, askRoute } from '../../probes/route-get.ts';
import { readRoutes } from '../../probes/routes.ts';
import { readRouting } from '../../src/discover/read-routing.ts';
import type { Namespace } from '../../src/model/namespace.ts';
import type { RouteQuery } from '../../src/model/route-query.ts';
import { routeInput } from '../../src/path/route/input.ts';
import { lookUp } from '../../src/path/route/lookup.ts';
import { realSystem } from '../../src/system/real.ts';
import { Random } from '../helpers/agreement/random.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { link, namespace as plain } from '../helpers/made-up.ts';
import { findContradiction } from '../helpers/routing/compare.ts';
import { randomQuery } from '../helpers/routing/random-query.ts';
import { BUILD_LINKS, randomRouting } from '../helpers/routing/random-routing.ts';
import { waitFor } from '../helpers/wait-for.ts';

const seed = Number(process.env.NETPEEK_SEED ?? 1);
const ROUNDS = Number(process.env.NETPEEK_ROUNDS ?? 40);
const QUERIES = 150;
const ASKED_OF_IP = 150;
/** The ifindex of the link whose other end is down; those before it are up. */
const NO_CARRIER = 15;

/** All that may stay unknown with every table read, as in the documentation of `lookUp` and `routeInput`. */
const LISTED: readonly string[] = [
  'the kernel chooses by a hash',
  'which multicast groups',
  'by which a multicast is sent',
  'ever changed here',
  'ever added here',
  '0.0.0.0, asked of',
  'is an address of this namespace',
  'which of several next hops',
  // Of ICMP, which has its type there.
  'the destination port is not known',
];

describe(`routes of NETPEEK_SEED=${seed}`, () => {
  const system = realSystem();
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(() => lab.dispose());

  /** Builds one round's namespace; what the kernel refuses of it is left out. */
  const build = async (round: number) => {
    const name = `r${round}`;
    const { batches, sysctls, families } = randomRouting(seed + round);
    const values = sysctls.map(([path, value]) => `echo ${value} > /proc/sys/net/${path}`);
    const batch = (option: string, lines: readonly string[]) =>
      `ip ${option} -force -batch - 2>/dev/null <<'END' || true\n${lines.join('\n')}\nEND`;
    const inside = (lines: readonly string[]) =>
      lab.ok(['ip', 'netns', 'exec', name, 'sh', '-euc', lines.join('\n')]);
    await lab.ok(['ip', 'netns', 'add', name]);
    await inside([BUILD_LINKS]);
    const handle = system.namespaces.open(`/proc/${lab.pid}/root/run/netns/${name}`);
    const rtnetlink = openRtnetlink(handle);
    await waitFor('links to be up', () => isSettled(rtnetlink));
    await inside([...values, batch('-4', batches.ipv4), batch('-6', batches.ipv6)]);
    await waitFor('IPv6 addresses to have their routes', () => isRouted(rtnetlink));
    return { handle, rtnetlink, families };
  };

  /** The kernel notices a carrier, and gives a link its routes, in its own time. */
  const isSettled = (rtnetlink: Rtnetlink): boolean => {
    const { entries: links } = readLinks(rtnetlink, { stats: false });
    const { entries: addresses } = readAddresses(rtnetlink);
    return links
      .filter(({ name }) => /^[abcd]$/.test(name))
      .every(
        ({ ifindex, operState }) =>
          operState === 'up' &&
          addresses.some((one) => one.ifindex === ifindex && !one.flags.includes('tentative')),
      );
  };

  /** An IPv6 address gets its route from a worker, later (addrconf_dad_work()). */
  const isRouted = (rtnetlink: Rtnetlink): boolean => {
    const { entries: routes } = readRoutes(rtnetlink);
    // Another prefix may make the same address its anycast one (RFC 4291, 2.6.1), and the kernel keeps one of the two routes.
    const local = routes.filter(
      ({ table, type }) => table === 'local' && (type === 'local' || type === 'anycast'),
    );
    return readAddresses(rtnetlink)
      .entries.filter(({ family, ifindex }) => family === 'ipv6' && ifindex < NO_CARRIER)
      .every(({ address, ifindex }) =>
        local.some(
          ({ destination, nextHops }) =>
            destination === `${address}/128` && nextHops.some((hop) => hop.ifindex === ifindex),
        ),
      );
  };

  const compute = (namespace: Namespace, query: RouteQuery) =>
    query.inLink === undefined
      ? lookUp(namespace, query)
      : routeInput(namespace, { ...query, inLink: query.inLink });

  test('are those of the kernel, and unknown only where it says why', async () => {
    const contradictions: string[] = [];
    const unknown = new Map<string, number>();
    const kinds = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { handle, rtnetlink, families } = await build(round);
      const links = readLinks(rtnetlink, { stats: false }).entries.map((fact) => link(fact));
      const namespace = plain({ links, ...readRouting(handle, rtnetlink) });
      const ifindexOf = (name: string | undefined) => links.find((one) => one.name === name)?.ifindex;
      const own = (family: 'ipv4' | 'ipv6') =>
        namespace.addresses?.filter((one) => one.family === family).map(({ address }) => address) ?? [];
      const random = new Random(seed + round);
      for (let count = 0; count < QUERIES; count += 1) {
        const query = randomQuery(random, { ipv4: own('ipv4'), ipv6: own('ipv6') }, families);
        const [inIfindex, outIfindex] = [ifindexOf(query.inLink), ifindexOf(query.outLink)];
        const named = {
          ...(inIfindex === undefined ? {} : { inIfindex }),
          ...(outIfindex === undefined ? {} : { outIfindex }),
        };
        const computed = compute(namespace, query);
        const kernel = askRoute(rtnetlink, query, named);
        const matching = askMatchingRoute(rtnetlink, query, named);
        const kind =
          computed.kind === 'refused' ? computed.how : computed.kind === 'found' ? computed.type : 'unknown';
        kinds.set(`${query.family} ${kind}`, (kinds.get(`${query.family} ${kind}`) ?? 0) + 1);
        if (computed.kind === 'unknown') unknown.set(computed.why, (unknown.get(computed.why) ?? 0) + 1);
        const contradiction = findContradiction(query, computed, kernel, matching, links);
        if (contradiction !== undefined)
          contradictions.push(
            `round ${round}: ${JSON.stringify(query)}\n  ${contradiction}\n  computed ${JSON.stringify(computed)}\n  kernel ${JSON.stringify(kernel)}\n  route ${JSON.stringify(matching)}`,
          );
      }
      rtnetlink.close();
      handle.close();
    }
    expect(contradictions.slice(0, 12).join('\n'), `${contradictions.length} contradictions`).toBe('');
    const strange = [...unknown.keys()].filter((why) => !LISTED.some((listed) => why.includes(listed)));
    expect(strange, 'unknown for another reason').toEqual([]);
    const count = (kind: string) => kinds.get(`ipv4 ${kind}`) ?? 0;
    // Where nothing could be built, nothing would contradict.
    for (const kind of ['unicast', 'local', 'none', 'martian', 'reverse-path', 'forwarding-off'])
      expect(count(kind), kind).toBeGreaterThan(0);
    expect(count('blackhole') + count('unreachable') + count('prohibit')).toBeGreaterThan(0);
    expect(count('unicast') + (kinds.get('ipv6 unicast') ?? 0)).toBeGreaterThan((ROUNDS * QUERIES) / 10);
  });

  test('is the question of `ip route get`', async () => {
    const { handle, rtnetlink, families } = await build(ROUNDS);
    const { entries: links } = readLinks(rtnetlink, { stats: false });
    const { entries: addresses } = readAddresses(rtnetlink);
    const own = (family: 'ipv4' | 'ipv6') =>
      addresses.filter((one) => one.family === family).map(({ address }) => address);
    const random = new Random(seed);
    for (let count = 0; count < ASKED_OF_IP; count += 1) {
      const query = randomQuery(random, { ipv4: own('ipv4'), ipv6: own('ipv6') }, families);
      const inIfindex = links.find(({ name }) => name === query.inLink)?.ifindex;
      const outIfindex = links.find(({ name }) => name === query.outLink)?.ifindex;
      const named = {
        ...(inIfindex === undefined ? {} : { inIfindex }),
        ...(outIfindex === undefined ? {} : { outIfindex }),
      };
      const ours = askRoute(rtnetlink, query, named);
      const { exitCode, stdout, stderr } = await lab.run(ipRouteGet(`r${ROUNDS}`, query));
      const [theirs] = exitCode === 0 ? (JSON.parse(stdout) as readonly IpRoute[]) : [];
      const said = theirs && [theirs.dev, theirs.gateway ?? theirs.via?.host, theirs.prefsrc];
      const name = (ifindex: number) => links.find((one) => one.ifindex === ifindex)?.name;
      const answer = ours.kind === 'found' ? [name(ours.ifindex), ours.gateway, ours.source] : undefined;
      expect(answer, `${JSON.stringify(query)}: ${stdout}${stderr}`).toEqual(said);
    }
    rtnetlink.close();
    handle.close();
  });
});

/** As `ip -j route get` prints it, where it says more than that it is refused. */
type IpRoute = {
  readonly dev: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly prefsrc?: string;
};

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp' };

function ipRouteGet(namespace: string, query: RouteQuery): readonly string[] {
  const { destination, source, inLink, outLink, mark, protocol, sourcePort, destinationPort } = query;
  const words = {
    from: source,
    iif: inLink,
    oif: outLink,
    mark: mark === 0 ? undefined : mark,
    // A packet that came in is nobody's; who asks is root, as is `ip`.
    uid: inLink === undefined ? query.uid : 0,
    ipproto: PROTOCOL_NAMES[protocol],
    sport: sourcePort,
    dport: destinationPort,
  };
  const said = Object.entries(words).flatMap(([word, value]) =>
    value === undefined ? [] : [word, `${value}`],
  );
  return ['ip', '-j', '-n', namespace, 'route', 'get', destination, ...said];
}
