/** Port conditions of iptables: `80`, `1024:65535`, and multiport's lists of both. */
import type { Port } from './packet.ts';
import { type Ternary, ternary } from './ternary.ts';

type Range = { readonly low: number; readonly high: number };

const HIGHEST_PORT = 65_535;
/** The kernel chooses no port below ip_unprivileged_port_start, which is 1024 unless somebody lowers it (ip-sysctl.rst). */
const LOWEST_EPHEMERAL_PORT = 1024;

/** Whether the port is in `N` or `LOW:HIGH`; a range that holds every port needs no port to be known. */
export function evaluatePort(text: string | undefined, port: Port | undefined): Ternary {
  const range = parseRange(text ?? '');
  if (!range) return 'unknown';
  if (range.low === 0 && range.high === HIGHEST_PORT) return 'yes';
  if (port === 'ephemeral') {
    if (range.high < LOWEST_EPHEMERAL_PORT) return 'no';
    return range.low <= LOWEST_EPHEMERAL_PORT && range.high === HIGHEST_PORT ? 'yes' : 'unknown';
  }
  return port === undefined ? 'unknown' : ternary(range.low <= port && port <= range.high);
}

/** Whether one of the ports is in one of the ranges. */
export function evaluateMultiport(list: string, ports: readonly (Port | undefined)[]): Ternary {
  const results = list.split(',').flatMap((text) => ports.map((port) => evaluatePort(text, port)));
  if (results.includes('yes')) return 'yes';
  return results.includes('unknown') ? 'unknown' : 'no';
}

function parseRange(text: string): Range | undefined {
  const [, low, colon, high] = /^(\d{0,5})(:?)(\d{0,5})$/.exec(text) ?? [];
  if (low === undefined || (low === '' && colon === '')) return undefined;
  const first = Number(low);
  return { low: first, high: colon === '' ? first : high ? Number(high) : HIGHEST_PORT };
}
