/**
 * What iproute2 says of a namespace (`ip -j`), in the words of netpeek's model, entry for entry, so that the two can
 * be held side by side. `ask` runs a command in that namespace and gives what it prints.
 */
import type { Address } from '../../src/model/address.ts';
import type { Neighbour } from '../../src/model/neighbour.ts';
import type { NextHop, Route } from '../../src/model/route.ts';

export type Ask = (argv: readonly string[]) => Promise<string>;

export type IpLink = {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly address: string;
  readonly master?: string;
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly flags: readonly string[];
};

async function askJson<T>(ask: Ask, ...words: readonly string[]): Promise<readonly T[]> {
  // With an empty table, some commands of iproute2 print nothing at all.
  return JSON.parse((await ask(['ip', '-j', '-d', ...words])) || '[]');
}

export function readIpLinks(ask: Ask): Promise<readonly IpLink[]> {
  return askJson<IpLink>(ask, 'link');
}

async function ifindexes(ask: Ask): Promise<(name: string) => number> {
  const byName = new Map((await readIpLinks(ask)).map(({ ifname, ifindex }) => [ifname, ifindex]));
  return (name) => byName.get(name) ?? -1;
}

type IpAddress = {
  readonly family: string;
  readonly local: string;
  readonly address?: string;
  readonly prefixlen: number;
  readonly broadcast?: string;
  readonly scope: string;
};

export async function readIpAddresses(ask: Ask): Promise<readonly Address[]> {
  const links = await askJson<{ ifindex: number; addr_info: readonly IpAddress[] }>(ask, 'addr');
  return links.flatMap(({ ifindex, addr_info }) =>
    addr_info
      .filter((entry) => entry.local !== undefined)
      .map((entry) => {
        const set = Object.entries<unknown>(entry).flatMap(([key, value]) => (value === true ? [key] : []));
        const flags = set.map((name) => (name === 'temporary' ? 'secondary' : name));
        return {
          ifindex,
          family: entry.family === 'inet' ? ('ipv4' as const) : ('ipv6' as const),
          address: entry.local,
          prefixLength: entry.prefixlen,
          ...(entry.address === undefined ? {} : { pointToPoint: entry.address }),
          ...(entry.broadcast === undefined ? {} : { broadcast: entry.broadcast }),
          scope: entry.scope,
          // `ip` says dynamic where the kernel does not say permanent.
          flags: flags.includes('dynamic')
            ? flags.filter((name) => name !== 'dynamic')
            : [...flags, 'permanent'],
        };
      }),
  );
}

type IpHop = {
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly dev?: string;
  readonly weight?: number;
  readonly flags: readonly string[];
};
type IpRoute = IpHop & {
  readonly type: string;
  readonly dst: string;
  readonly table: string;
  readonly protocol: string;
  readonly scope: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly nexthops?: readonly IpHop[];
};

export async function readIpRoutes(ask: Ask): Promise<readonly Route[]> {
  const ifindexOf = await ifindexes(ask);
  const hop = ({ gateway, via, dev, weight, flags }: IpHop): NextHop => ({
    ...(gateway === undefined ? {} : { gateway }),
    ...(via === undefined ? {} : { gateway: via.host }),
    ...(dev === undefined ? {} : { ifindex: ifindexOf(dev) }),
    ...(weight === undefined ? {} : { weight }),
    flags,
  });
  const read = async (family: 'ipv4' | 'ipv6'): Promise<readonly Route[]> => {
    const option = family === 'ipv4' ? '-4' : '-6';
    const routes = await askJson<IpRoute>(ask, option, 'route', 'show', 'table', 'all');
    return routes.map((route) => ({
      family,
      destination:
        route.dst === 'default' || route.dst.includes('/')
          ? route.dst
          : `${route.dst}/${family === 'ipv4' ? 32 : 128}`,
      type: route.type,
      table: route.table,
      protocol: route.protocol,
      scope: route.scope,
      ...(route.prefsrc === undefined ? {} : { source: route.prefsrc }),
      ...(route.metric === undefined ? {} : { metric: route.metric }),
      nextHops:
        route.nexthops?.map(hop) ??
        (route.dev === undefined && route.gateway === undefined && route.via === undefined
          ? []
          : [hop(route)]),
    }));
  };
  return [...(await read('ipv4')), ...(await read('ipv6'))];
}

type IpNeighbour = {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  readonly state: readonly string[];
};

/** `ip` writes a neighbour's flags as keys without a value. */
const NEIGHBOUR_FLAGS = ['router', 'proxy', 'extern_learn', 'offload', 'managed'];

export async function readIpNeighbours(ask: Ask): Promise<readonly Neighbour[]> {
  const ifindexOf = await ifindexes(ask);
  const entries = await askJson<IpNeighbour>(ask, 'neigh', 'show', 'nud', 'all');
  return entries.map((entry) => ({
    ifindex: ifindexOf(entry.dev),
    family: entry.dst.includes(':') ? 'ipv6' : 'ipv4',
    address: entry.dst,
    ...(entry.lladdr === undefined ? {} : { mac: entry.lladdr }),
    state: entry.state[0] ?? '',
    flags: NEIGHBOUR_FLAGS.filter((flag) => flag in entry),
  }));
}

/** The same entries in an order of their own, for tables whose order means nothing. */
export function sorted<T extends object>(entries: readonly T[]): readonly T[] {
  const key = (entry: object): string =>
    JSON.stringify(entry, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
        : value,
    );
  return [...entries].sort((a, b) => key(a).localeCompare(key(b)));
}
