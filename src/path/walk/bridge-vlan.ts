/** VLANs of a bridge that filters them: a frame without a tag gets the PVID of the port where it comes in (bridge(8), vlan). */
import type { Link } from '../../model/link.ts';
import { blocked, type OnBridge, optionsOf } from './bridge-port.ts';
import { NOTHING, type Said, say } from './say.ts';
import type { World } from './state.ts';

export function filtersVlans({ details }: Link): boolean {
  return details?.kind === 'bridge' && details.vlanFiltering === true;
}

/** The VLAN of an untagged frame that comes in; none where the bridge does not filter. */
export function enterVlan(world: World, on: OnBridge, port: Link): Said & { readonly vlan?: number } {
  if (!filtersVlans(on.bridge)) return NOTHING;
  const { vlans } = optionsOf(port);
  const place = { namespace: on.namespace, link: port };
  if (!vlans)
    return say(
      place,
      'bridge',
      'unknown',
      `${on.bridge.name} filters VLANs, and those of ${port.name} were not read`,
    );
  const vlan = vlans.find(({ pvid }) => pvid)?.first;
  if (vlan === undefined)
    return blocked(
      world,
      on,
      port,
      'vlan',
      `${port.name} has no PVID: ${on.bridge.name} takes no untagged frames there`,
    );
  return { ...NOTHING, vlan };
}

/** Whether a port lets frames of a VLAN out, and without a tag. */
export function leaveVlan(
  world: World,
  on: OnBridge,
  port: Link,
  vlan: number | undefined,
  inPort?: Link,
): Said {
  if (!filtersVlans(on.bridge)) return NOTHING;
  const place = { namespace: on.namespace, link: port };
  const { vlans } = optionsOf(port);
  if (!vlans || vlan === undefined)
    return say(
      place,
      'bridge',
      'unknown',
      `${on.bridge.name} filters VLANs, and which the frame is in was not read`,
    );
  const found = vlans.find(({ first, last }) => first <= vlan && vlan <= last);
  if (!found)
    return blocked(
      world,
      on,
      port,
      'vlan',
      `${port.name} is not in VLAN ${vlan}, in which the frame is`,
      inPort,
    );
  if (found.untagged) return NOTHING;
  return say(
    place,
    'bridge',
    'unknown',
    `${port.name} sends VLAN ${vlan} with a tag: who takes it there is not followed`,
  );
}
