/** A namespace with two links, for tests about routes: `a` has 10.0.0.1/24, `b` 10.0.1.1/24, everything up and forwarding. */
import type { Address } from '../../../../src/model/address.ts';
import type { Namespace } from '../../../../src/model/namespace.ts';
import type { PolicyRule } from '../../../../src/model/policy-rule.ts';
import type { Route } from '../../../../src/model/route.ts';
import type { RouteQuery } from '../../../../src/model/route-query.ts';
import { DEFAULT_RULES } from '../../../../src/path/route/default-rules.ts';
import { link, namespace } from '../../../helpers/made-up.ts';

export const IFINDEX = { lo: 1, a: 2, b: 3 } as const;

export function route(destination: string, dev: keyof typeof IFINDEX, given: Partial<Route> = {}): Route {
  const family = destination.includes(':') ? 'ipv6' : 'ipv4';
  const nextHops = [{ ifindex: IFINDEX[dev], flags: [] }];
  return {
    family,
    destination,
    type: 'unicast',
    table: 'main',
    protocol: 'boot',
    scope: 'link',
    nextHops,
    ...given,
  };
}

function local(address: string, dev: keyof typeof IFINDEX): Route {
  const length = address.includes(':') ? 128 : 32;
  return route(`${address}/${length}`, dev, {
    type: 'local',
    table: 'local',
    protocol: 'kernel',
    scope: 'host',
  });
}

export function rule(priority: number, given: Partial<PolicyRule>): PolicyRule {
  return { family: 'ipv4', priority, action: 'lookup', not: false, ...given };
}

function address(text: string, dev: keyof typeof IFINDEX, flags: readonly string[] = []): Address {
  const family = text.includes(':') ? 'ipv6' : 'ipv4';
  const prefixLength = family === 'ipv4' ? 24 : 64;
  return { ifindex: IFINDEX[dev], family, address: text, prefixLength, scope: 'global', flags };
}

const perLink = {
  forwarding: '1',
  rp_filter: '0',
  accept_local: '0',
  route_localnet: '0',
  src_valid_mark: '0',
  send_redirects: '0',
};

export type Given = {
  readonly routes?: readonly Route[];
  /** In place of the default ones; null: they were not read. */
  readonly rules?: readonly PolicyRule[] | null;
  readonly sysctls?: Readonly<Record<string, string>>;
};

export function world({ routes = [], rules, sysctls = {} }: Given = {}): Namespace {
  const conf = ['all', 'a', 'b'].flatMap((one) =>
    Object.entries(perLink).map(([name, value]) => [`ipv4/conf/${one}/${name}`, value]),
  );
  return namespace({
    links: [
      link({ ifindex: IFINDEX.lo, name: 'lo', kind: 'loopback' }),
      link({ ifindex: IFINDEX.a, name: 'a' }),
      link({ ifindex: IFINDEX.b, name: 'b', group: 3 }),
    ],
    addresses: [
      address('127.0.0.1', 'lo'),
      address('10.0.0.1', 'a'),
      address('10.0.0.2', 'a', ['secondary']),
      address('10.0.1.1', 'b'),
      address('fd00::1', 'a'),
      address('2001:db8::1', 'a'),
    ],
    neighbours: [],
    routes: [
      local('127.0.0.1', 'lo'),
      local('10.0.0.1', 'a'),
      local('10.0.1.1', 'b'),
      local('fd00::1', 'a'),
      route('10.0.0.255/32', 'a', { type: 'broadcast', table: 'local', protocol: 'kernel' }),
      route('10.0.0.0/24', 'a', { protocol: 'kernel', source: '10.0.0.1' }),
      route('10.0.1.0/24', 'b', { protocol: 'kernel', source: '10.0.1.1' }),
      route('fd00::/64', 'a', { metric: 256 }),
      ...routes,
    ],
    ...(rules === null ? {} : { policyRules: rules ?? [...DEFAULT_RULES.ipv4, ...DEFAULT_RULES.ipv6] }),
    sysctls: {
      ...Object.fromEntries(conf),
      'ipv6/conf/all/forwarding': '0',
      'ipv6/conf/a/forwarding': '0',
      'ipv6/conf/b/forwarding': '0',
      ...sysctls,
    },
  });
}

export function query(destination: string, given: Partial<RouteQuery> = {}): RouteQuery {
  const family = destination.includes(':') ? 'ipv6' : 'ipv4';
  return {
    family,
    destination,
    mark: 0,
    protocol: 6,
    sourcePort: 4000,
    destinationPort: 80,
    uid: 0,
    ...given,
  };
}
