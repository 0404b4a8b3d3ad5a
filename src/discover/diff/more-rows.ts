/** Further tables of a namespace as rows to compare: policy rules, FDB, traffic control, listening sockets, the resolver. */
import type { Namespace } from '../../model/namespace.ts';
import type { ResolverSettings } from '../../model/resolver.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { linkNamer } from './rows.ts';
import type { ComparedRow } from './table.ts';

/** A rule has no name: one that was changed is another one. */
export function policyRuleRows(_: Snapshot, { policyRules = [] }: Namespace): readonly ComparedRow[] {
  return policyRules.map(({ family, priority, action, table, ...conditions }) => {
    const said = Object.entries(conditions).filter(([, value]) => value !== false);
    const what = [
      family,
      `${priority}:`,
      ...said.map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`),
      action,
      table ?? '',
    ]
      .filter(Boolean)
      .join(' ');
    return { identity: what, what, fields: {} };
  });
}

/** What a bridge learned it forgets again; what counts is where a MAC is, and what somebody wrote. */
export function fdbRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  // The kernel writes multicast groups by itself.
  const entries = (namespace.fdb ?? []).filter(({ mac }) => !isGroup(mac));
  return entries.map(({ mac, ifindex, masterIfindex, vlan, destination, state }) => {
    const master = masterIfindex === undefined ? 'self' : linkName(masterIfindex);
    const name = [mac, vlan === undefined ? '' : `vlan ${vlan}`, destination ?? ''].filter(Boolean).join(' ');
    const link = linkName(ifindex);
    const isWritten = state === 'permanent' || state === 'static';
    return {
      // A MAC that is learned is in one place at a time; one that is written may be in several.
      identity: [name, master, ...(isWritten ? [link] : [])].join(' '),
      link,
      what: name,
      fields: { link },
      fleeting: !isWritten,
    };
  });
}

/** The lowest bit of the first byte (IEEE 802). */
function isGroup(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

export function trafficControlRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  const { qdiscs, filters } = namespace.trafficControl ?? { qdiscs: [], filters: [] };
  return [
    ...qdiscs.map(({ ifindex, kind, handle, parent }) => {
      const link = linkName(ifindex);
      return {
        identity: `qdisc ${link} ${parent}`,
        link,
        name: `qdisc at ${parent}`,
        what: `qdisc ${kind} ${handle} at ${parent}`,
        fields: { kind, handle },
      };
    }),
    ...filters.map(({ ifindex, ...filter }) => {
      const link = linkName(ifindex);
      const what = `filter ${filter.kind} ${filter.attachedTo} ${filter.parent} pref ${filter.priority}`;
      return { identity: `${link} ${JSON.stringify(filter, withoutName)}`, link, what, fields: {} };
    }),
  ];
}

/** The id tells programs apart already; the name may be missing for want of a right to ask. */
function withoutName(key: string, value: unknown): unknown {
  return key === 'programName' ? undefined : value;
}

/** Programs that hang on links without a qdisc. */
export function tcxRows(_: Snapshot, namespace: Namespace): readonly ComparedRow[] {
  const linkName = linkNamer(namespace);
  return (namespace.trafficControl?.tcx ?? []).map(({ ifindex, attachedTo, id, name }) => {
    const link = linkName(ifindex);
    const what = ['program', attachedTo, name ?? '', `id ${id}`].filter(Boolean).join(' ');
    return { identity: `${link} ${attachedTo} ${id}`, link, what, fields: {} };
  });
}

/** Who listens for TCP. UDP sockets are bound for every question to a name server, and come and go. */
export function socketRows(_: Snapshot, { sockets = [] }: Namespace): readonly ComparedRow[] {
  return sockets.map(({ protocol, address, port }) => {
    const what = `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
    return { identity: what, what, fields: {}, fleeting: protocol === 'udp' };
  });
}

/** The first settings, and those of further containers, which come and go with their container. */
export function resolverRows(_: Snapshot, { resolver }: Namespace): readonly ComparedRow[] {
  if (!resolver) return [];
  const others = (resolver.others ?? []).map((settings) => ({
    ...settingsRow(settings, `resolver of ${settings.container}`),
    name: settings.container ?? '',
    fleeting: true,
  }));
  return [settingsRow(resolver, 'resolver'), ...others];
}

function settingsRow(settings: ResolverSettings, identity: string): ComparedRow {
  const { nameservers, search, options, upstreams = [] } = settings;
  const fields = {
    nameservers: nameservers.join(' '),
    search: search.join(' '),
    options: options.join(' '),
    upstreams: upstreams.map(({ address }) => address).join(' '),
  };
  return { identity, what: fields.nameservers, name: '', fields };
}
