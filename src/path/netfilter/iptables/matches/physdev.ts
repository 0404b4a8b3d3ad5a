/**
 * `-m physdev`: the bridge ports of a frame that is, or was, on a bridge (physdev_mt() in xt_physdev.c). br_netfilter
 * keeps the port by which a packet came in also when it is routed afterwards; whether it does is not seen here, so that
 * a packet that came in by a bridge, without its port being known, may have one.
 */
import type { Match } from '../../../../model/firewall.ts';
import { type Ternary, ternary } from '../../../ternary.ts';
import { both } from '../../conditions/logic.ts';
import type { Packet } from '../../packet.ts';
import type { Surroundings } from '../../surroundings.ts';
import type { ModuleTest } from '../compile-module.ts';

export const physdev: ModuleTest = (options) => (packet, around) => {
  const noted = isNoted(packet, around);
  return options.reduce(
    (result: Ternary, match) => (result === 'no' ? result : both(result, holds(match, packet, noted))),
    'yes',
  );
};

/** Kinds of links that are no bridge, stand on none, and so bring packets that no bridge has noted anything on. */
const BESIDE_BRIDGES: ReadonlySet<string> = new Set([
  'veth',
  'device',
  'loopback',
  'tun',
  'wireguard',
  'dummy',
  'netkit',
]);

/** Whether a bridge has written on the packet by which port it came. */
function isNoted({ physIn, physOut, inLink, sender }: Packet, { link, hook }: Surroundings): Ternary {
  if (physIn !== undefined || physOut !== undefined) return 'yes';
  if (hook === 'output' || (sender && inLink === undefined)) return 'no';
  const kind = inLink === undefined ? undefined : link(inLink)?.kind;
  return kind !== undefined && BESIDE_BRIDGES.has(kind) ? 'no' : 'unknown';
}

function holds({ option, values: [name = ''], negated }: Match, packet: Packet, noted: Ternary): Ternary {
  const { physIn, physOut } = packet;
  switch (option) {
    // A port to leave by is known of bridged frames alone, and only where the bridge has chosen it.
    case 'physdev-is-bridged':
    case 'physdev-is-out':
      return ternary((physOut !== undefined) !== negated);
    case 'physdev-is-in':
      return noted === 'unknown' ? noted : ternary((physIn !== undefined) !== negated);
    case 'physdev-in':
      // Noted, and without a port: the kernel does not ask then.
      if (noted !== 'yes') return withoutNote(noted, negated);
      return physIn === undefined ? 'unknown' : ternary(isNamed(name, physIn) !== negated);
    case 'physdev-out':
      // Noted, and without a port: never, negated or not.
      if (noted !== 'yes') return noted === 'unknown' && !negated ? 'no' : withoutNote(noted, negated);
      return physOut === undefined ? 'no' : ternary(isNamed(name, physOut) !== negated);
    default:
      return 'unknown';
  }
}

function withoutNote(noted: Ternary, negated: boolean): Ternary {
  return noted === 'unknown' ? noted : ternary(negated);
}

function isNamed(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
