/** Whether a port is in a range, where the port may be one that the kernel has yet to choose. */
import { type Ternary, ternary } from '../../ternary.ts';
import { type Packet, type Port, type PortRange, PROTOCOL } from '../packet.ts';
import { either } from './logic.ts';

export type { PortRange } from '../packet.ts';

const HIGHEST_PORT = 65_535;
/** The kernel chooses no port below ip_unprivileged_port_start, which is 1024 unless somebody lowers it (ip-sysctl.rst). */
export const LOWEST_EPHEMERAL_PORT = 1024;

/** `80`, `1000:2000`, `:1023`, `1024:`; undefined where it is none of these. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, low, colon, high] = /^(\d{0,5})(:?)(\d{0,5})$/.exec(text) ?? [];
  if (low === undefined || (low === '' && colon === '')) return undefined;
  const first = Number(low);
  return { first, last: colon === '' ? first : high ? Number(high) : HIGHEST_PORT };
}

/** A port that is not known (`undefined`) is surely only in a range that holds all of them. */
export function isPortIn({ first, last }: PortRange, port: Port | undefined): Ternary {
  if (typeof port === 'number') return ternary(first <= port && port <= last);
  const possible = possiblePorts(port);
  if (last < possible.first || possible.last < first) return 'no';
  return first <= possible.first && possible.last <= last ? 'yes' : 'unknown';
}

/** What a port may be that is yet to be chosen, or not known. */
export function possiblePorts(port: Exclude<Port, number> | undefined): PortRange {
  if (port === undefined) return { first: 0, last: HIGHEST_PORT };
  return port === 'ephemeral' ? { first: LOWEST_EPHEMERAL_PORT, last: HIGHEST_PORT } : port;
}

/** Whether the port is in one of the ranges; in none of an empty list. */
export function isPortInAny(ranges: readonly PortRange[], port: Port | undefined): Ternary {
  let result: Ternary = 'no';
  for (const range of ranges) {
    result = either(result, isPortIn(range, port));
    if (result === 'yes') break;
  }
  return result;
}

/** TCP and UDP; what else has ports (SCTP, DCCP, UDP-Lite) is no flow that netpeek follows. */
export function hasPorts({ protocol }: Pick<Packet, 'protocol'>): boolean {
  return protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp;
}
