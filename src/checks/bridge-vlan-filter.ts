/** `bridge-vlan-filter`: the bridge filters VLANs, and the frame's is not allowed on the port (bridge(8), `vlan`). */
import { portCheck } from './port-blocked.ts';
import { commandIn } from './shell.ts';

export const bridgeVlanFilter = portCheck({
  id: 'bridge-vlan-filter',
  title: 'The bridge port does not carry the VLAN of the frame',
  how: 'vlan',
  shows: ({ port: { port } }) => {
    const vlans = port?.kind === 'bridge' ? (port.vlans ?? []) : [];
    const named = vlans.map(({ first, last, pvid }) =>
      [first === last ? `${first}` : `${first}-${last}`, ...(pvid ? ['PVID'] : [])].join(' '),
    );
    return named.length === 0 ? 'no VLAN' : `VLANs ${named.join(', ')}`;
  },
  fix: ({ namespace, port, other }) => {
    const from = other?.port?.kind === 'bridge' ? other.port.vlans : undefined;
    const vlan = from?.find(({ pvid }) => pvid)?.first ?? 1;
    return [
      commandIn(
        namespace,
        ...['bridge', 'vlan', 'add', 'dev', port.name, 'vid', String(vlan), 'pvid', 'untagged'],
      ),
    ];
  },
  more: 'With vlan_filtering on, a frame without a tag belongs to the PVID of the port that it comes in by, and leaves only by ports that are in that VLAN. A port without a PVID takes no untagged frames at all. bridge vlan show lists who is in which; containers that are to reach each other need the same one.',
});
