/** Link details as iproute2 tells them (`ip -j -d link`), in the words of netpeek's model. */
import type { BridgePort, LinkDetails } from '../../src/model/link-details.ts';
import type { Ask } from './iproute2.ts';

type IpLink = {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly promiscuity: number;
  readonly txqlen: number;
  readonly ifalias?: string;
  readonly xdp?: { readonly mode: number; readonly prog: { readonly id: number } };
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, number & string & boolean>>;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: Readonly<Record<string, number & string & boolean>>;
  };
};

/** What a link says beyond its wiring. */
export type Extra = {
  readonly ifindex: number;
  readonly name: string;
  readonly promiscuity: number;
  readonly txQueueLength: number;
  readonly alias?: string;
  readonly noArp?: boolean;
  readonly details?: LinkDetails;
  readonly port?: object;
};

export async function readIpExtras(ask: Ask): Promise<readonly Extra[]> {
  const links: readonly IpLink[] = JSON.parse(await ask(['ip', '-j', '-d', 'link']));
  const ifindexOf = (name: string) =>
    links.find(({ ifname }) => ifname === name)?.ifindex ?? Number(/^if(\d+)$/.exec(name)?.[1]);
  return links.map(({ ifindex, ifname, flags, promiscuity, txqlen, ifalias, linkinfo = {} }) => {
    const details = detailsOf(linkinfo.info_kind, linkinfo.info_data, ifindexOf);
    const { info_slave_kind: master, info_slave_data: port } = linkinfo;
    return {
      ifindex,
      name: ifname,
      promiscuity,
      txQueueLength: txqlen,
      ...(ifalias === undefined ? {} : { alias: ifalias }),
      ...(flags.includes('NOARP') ? { noArp: true } : {}),
      ...(details ? { details } : {}),
      ...(master === 'bridge' && port ? { port: portOf(port) } : {}),
    };
  });
}

function detailsOf(
  kind: string | undefined,
  data: NonNullable<NonNullable<IpLink['linkinfo']>['info_data']> | undefined,
  ifindexOf: (name: string) => number,
): LinkDetails | undefined {
  if (!data) return undefined;
  switch (kind) {
    case 'bridge':
      return defined({
        kind,
        stp: data.stp_state !== 0,
        priority: data.priority,
        forwardDelayS: Number(data.forward_delay) / 100,
        ageingS: Number(data.ageing_time) / 100,
        groupAddress: data.group_addr,
        groupForwardMask: Number(data.group_fwd_mask),
        vlanFiltering: data.vlan_filtering !== 0,
        vlanProtocol: data.vlan_protocol,
        defaultPvid: data.vlan_default_pvid,
        multicastSnooping: data.mcast_snooping !== 0,
        nfCallIptables: data.nf_call_iptables !== 0,
        nfCallIp6tables: data.nf_call_ip6tables !== 0,
      });
    case 'macvlan':
    case 'macvtap':
      return defined({ kind, mode: data.mode });
    case 'vxlan':
      return defined({
        kind,
        vni: data.id,
        remote: data.remote ?? data.remote6,
        group: data.group ?? data.group6,
        local: data.local ?? data.local6,
        lowerIfindex: data.link === undefined ? undefined : ifindexOf(data.link),
        port: data.port,
        learning: data.learning,
        ageingS: data.ageing,
        external: data.external ?? false,
      });
    case 'tun':
      return defined({
        kind,
        type: data.type,
        ownerUid: data.user,
        ownerGid: data.group,
        persist: data.persist,
        multiQueue: data.multi_queue,
      });
    default:
      return undefined;
  }
}

function portOf(data: Readonly<Record<string, number & string & boolean>>): BridgePort {
  return defined({
    kind: 'bridge',
    state: data.state,
    priority: data.priority,
    cost: data.cost,
    isolated: data.isolated,
    hairpin: data.hairpin,
    learning: data.learning,
    flood: data.flood,
    multicastFlood: data.mcast_flood,
    broadcastFlood: data.bcast_flood,
    locked: data.locked,
    guard: data.guard,
  });
}

/** Without what `ip` does not say. */
function defined<T extends object>(value: object): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
