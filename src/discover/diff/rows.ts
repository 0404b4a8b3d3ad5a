/** The tables of a namespace as rows to compare: what makes a row the same at two times, and what of it may change. */
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { NextHop } from '../../model/route.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ComparedRow } from './table.ts';

/** Of a link: told elsewhere, or changing by themselves. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['name', 'kind', 'addresses', 'stats', 'promiscuity']);

/** A sysctl that nobody sets: how many connections there are just now. */
const CONNTRACK_COUNT = 'netfilter/nf_conntrack_count';

/** Links are the same by name and kind; an ifindex that changed says that the link was made anew. */
export function linkRows(snapshot: Snapshot, { links = [] }: Namespace): readonly ComparedRow[] {
  const nameOf = new Map(snapshot.namespaces.map(({ id, name }) => [id, name]));
  return links.map((link) => ({
    identity: `${link.kind} ${link.name}`,
    link: link.name,
    what: link.kind,
    fields: fieldsOf(link, nameOf),
  }));
}

/** Every member that is a value; an end of a link (`peer`, `parent`) by names, and what lies deeper as `details.stp`. */
function fieldsOf(link: Link, nameOf: ReadonlyMap<string, string>): ComparedRow['fields'] {
  const fields: Record<string, string | null> = {};
  const add = (path: string, value: unknown): void => {
    if (value === null || value === undefined) fields[path] = null;
    else if (typeof value !== 'object') fields[path] = String(value);
    else if (isEnd(value)) fields[path] = `${nameOf.get(value.namespace) ?? '?'}/${value.name}`;
    else if (Array.isArray(value)) fields[path] = JSON.stringify(value);
    else if (path === 'master') fields[path] = String((value as { name?: unknown }).name);
    else for (const [key, inner] of Object.entries(value)) add(`${path}.${key}`, inner);
  };
  for (const [key, value] of Object.entries(link)) if (!NOT_COMPARED.has(key)) add(key, value);
  return fields;
}

function isEnd(value: object): value is { readonly namespace: string; readonly name: string } {
  return 'namespace' in value && 'ifindex' in value && 'name' in value;
}

export function addressRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  return (namespace.addresses ?? []).map(({ ifindex, address, prefixLength, ...rest }) => {
    const link = linkName(ifindex);
    const what = `${address}/${prefixLength}`;
    const { scope, flags, broadcast, pointToPoint } = rest;
    return {
      identity: `${link} ${what}`,
      link,
      what,
      fields: {
        scope,
        flags: flags.join(' '),
        broadcast: broadcast ?? null,
        pointToPoint: pointToPoint ?? null,
      },
    };
  });
}

/** The same route: to the same place in the same table at the same metric. */
export function routeRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  return (namespace.routes ?? []).map((route) => {
    const { family, table, type, destination, metric, protocol, scope, source, nextHops } = route;
    const via = nextHops.map((hop) => formatHop(linkName, hop)).join(' ');
    const where = table === 'main' ? '' : `table ${table}`;
    const head = type === 'unicast' ? destination : `${type} ${destination}`;
    return {
      identity: [family, table, type, destination, metric ?? ''].join(' '),
      name: [head, where].filter(Boolean).join(' '),
      what: [head, via, where].filter(Boolean).join(' '),
      fields: { 'next hop': via, protocol, scope, source: source ?? null },
    };
  });
}

function formatHop(
  linkName: (ifindex: number) => string,
  { gateway, ifindex, weight, flags }: NextHop,
): string {
  const link = ifindex === undefined ? '' : `dev ${linkName(ifindex)}`;
  const via = gateway === undefined ? '' : `via ${gateway}`;
  const share = weight === undefined || weight === 1 ? '' : `weight ${weight}`;
  return [via, link, share, ...flags].filter(Boolean).join(' ');
}

/** States change all the time; what counts is another MAC, and whether somebody wrote the entry. */
export function neighbourRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  return (namespace.neighbours ?? []).flatMap(({ ifindex, address, mac, state }) => {
    if (mac === undefined) return [];
    const link = linkName(ifindex);
    const permanent = state === 'PERMANENT';
    return [
      {
        identity: `${link} ${address}`,
        link,
        name: address,
        what: `${address} ${mac}`,
        fields: { mac, permanent: String(permanent) },
        fleeting: !permanent,
      },
    ];
  });
}

/** A sysctl of a link that is not there at both times says nothing: the link's own coming or going does. */
export function sysctlRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  return Object.entries(namespace.sysctls ?? {})
    .filter(([path]) => path !== CONNTRACK_COUNT)
    .map(([path, value]) => ({
      identity: path,
      what: path,
      fields: { value },
      fleeting: /\/conf\/(?!all\/|default\/)/.test(path),
    }));
}

/** Names the links of a namespace; one that is not known by its number. */
export function linkNamer({ links = [] }: Namespace): (ifindex: number) => string {
  const names = new Map(links.map(({ ifindex, name }) => [ifindex, name]));
  return (ifindex) => names.get(ifindex) ?? `ifindex ${ifindex}`;
}
