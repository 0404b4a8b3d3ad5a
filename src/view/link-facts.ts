/** What a link is beyond its kind, in few words: `vlan 10`, `vni 42 → 192.0.2.9:4789`, `port blocking`, `on host/eth0`. */
import type { Link } from '../model/link.ts';
import type { BridgePort, LinkDetails, Port, Xdp } from '../model/link-details.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';

/** What is worth a column: a port that forwards as usual says nothing. */
export function formatLinkFacts(snapshot: Snapshot, link: Link): string {
  const parts = [
    ...detailParts(link.details),
    formatParent(snapshot, link),
    ...portParts(link.port),
    formatXdp(link),
    link.alias === undefined ? '' : `“${link.alias}”`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** Everything, for the lines about one link. */
export function listLinkFacts(snapshot: Snapshot, link: Link): readonly string[] {
  const { port, promiscuity = 0 } = link;
  return [
    ...detailParts(link.details),
    formatParent(snapshot, link),
    port?.kind === 'bridge' && port.state === 'forwarding' ? 'port forwarding' : '',
    ...portParts(port),
    formatXdp(link),
    promiscuity > 0 ? `promiscuity ${promiscuity}` : '',
    link.alias === undefined ? '' : `“${link.alias}”`,
  ];
}

function formatParent(snapshot: Snapshot, { parent, parentUnknown }: Link): string {
  if (parent === undefined) return parentUnknown === undefined ? '' : `on ? ${parentUnknown}`;
  const name = findNamespace(snapshot, parent.namespace)?.name ?? `inode:${parent.namespace}`;
  return `on ${name}/${parent.name}`;
}

function formatXdp({ xdp }: Link): string {
  return xdp === undefined ? '' : `xdp ${xdp.mode} ${formatXdpPrograms(xdp)}`;
}

/** `drop_all id 7`; `id 7` where the name is not known. */
export function formatXdpPrograms({ programIds, programs = [] }: Xdp): string {
  return programIds
    .map((id) => [programs.find((program) => program.id === id)?.name ?? '', `id ${id}`])
    .map((words) => words.filter(Boolean).join(' '))
    .join(', ');
}

function detailParts(details: LinkDetails | undefined): readonly string[] {
  switch (details?.kind) {
    case undefined:
      return [];
    case 'bridge':
      return [
        details.stp ? 'stp' : '',
        details.vlanFiltering ? 'vlan filtering' : '',
        details.groupForwardMask ? `group_fwd_mask 0x${details.groupForwardMask.toString(16)}` : '',
      ];
    case 'vlan':
      return [
        details.id === undefined ? '' : `vlan ${details.id}`,
        details.protocol === '802.1Q' ? '' : (details.protocol ?? ''),
      ];
    case 'macvlan':
    case 'macvtap':
    case 'ipvlan':
    case 'ipvtap':
      return [details.mode ?? '', details.isolation === 'bridge' ? '' : (details.isolation ?? '')];
    case 'vxlan': {
      const far = details.remote ?? details.group;
      const port = details.port === undefined ? '' : ` port ${details.port}`;
      return [
        details.external ? 'external' : `vni ${details.vni ?? '?'}`,
        far === undefined ? port.trimStart() : `→ ${far}${port}`,
        details.local === undefined ? '' : `local ${details.local}`,
        details.learning === false ? 'no learning' : '',
      ];
    }
    case 'bond':
      return [details.mode ?? ''];
    case 'vrf':
      return [details.table === undefined ? '' : `table ${details.table}`];
    case 'tun':
      return [
        details.type ?? '',
        details.ownerUid === undefined ? '' : `owner ${details.ownerUid}`,
        details.ownerGid === undefined ? '' : `group ${details.ownerGid}`,
        details.persist ? 'persistent' : '',
      ];
    case 'netkit':
      return [
        details.mode ?? '',
        details.policy === undefined || details.policy === 'forward' ? '' : details.policy,
      ];
  }
}

function portParts(port: Port | undefined): readonly string[] {
  switch (port?.kind) {
    case undefined:
      return [];
    case 'bridge':
      return bridgePortParts(port);
    case 'bond':
      return [
        port.state ?? '',
        port.miiStatus === undefined || port.miiStatus === 'up' ? '' : `mii ${port.miiStatus}`,
        port.linkFailures ? `${port.linkFailures} link failures` : '',
      ];
    case 'vrf':
      return [port.table === undefined ? '' : `table ${port.table}`];
    case 'other':
      return [`member of a ${port.of}`];
  }
}

function bridgePortParts(port: BridgePort): readonly string[] {
  const vlans = port.vlans?.map(({ first, last, pvid, untagged }) => {
    const range = first === last ? String(first) : `${first}-${last}`;
    return `${range}${pvid ? ' pvid' : ''}${untagged ? ' untagged' : ''}`;
  });
  return [
    port.state === undefined || port.state === 'forwarding' ? '' : `port ${port.state}`,
    port.isolated ? 'isolated' : '',
    port.hairpin ? 'hairpin' : '',
    port.locked ? 'locked' : '',
    port.guard ? 'bpdu guard' : '',
    port.learning === false ? 'no learning' : '',
    port.flood === false ? 'no flood' : '',
    port.multicastFlood === false ? 'no multicast flood' : '',
    port.broadcastFlood === false ? 'no broadcast flood' : '',
    vlans === undefined ? '' : vlans.length === 0 ? 'no vlans' : `vlans ${vlans.join(', ')}`,
  ];
}
