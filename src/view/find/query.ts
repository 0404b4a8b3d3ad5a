/** What a word may be: an address, a subnet, a MAC, a port, a number, a name. Several at once, for `10` is both a number and a name. */
import ipaddr from 'ipaddr.js';

export type Query = {
  readonly text: string;
  readonly address?: string;
  readonly subnet?: string;
  readonly mac?: string;
  readonly port?: { readonly number: number; readonly protocol?: string; readonly address?: string };
  /** An ifindex or a pid. */
  readonly number?: number;
};

export function parseQuery(text: string): Query {
  const address = normalizeAddress(text);
  const subnet = normalizeSubnet(text);
  const mac = normalizeMac(text);
  const port = parsePort(text);
  const number = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  return {
    text,
    ...(address === undefined ? {} : { address }),
    ...(subnet === undefined ? {} : { subnet }),
    ...(mac === undefined ? {} : { mac }),
    ...(port === undefined ? {} : { port }),
    ...(number === undefined ? {} : { number }),
  };
}

/** One writing for each address; undefined for what is none. */
export function normalizeAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.parse(text).toString();
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.parse(text).toString() : undefined;
}

/** The subnet that a prefix, or an address with a prefix length, lies in: `10.0.0.7/8` is `10.0.0.0/8`. */
export function normalizeSubnet(text: string): string | undefined {
  const [base = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || normalizeAddress(base) === undefined) return undefined;
  const kind = base.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4;
  if (Number(length) > (kind === ipaddr.IPv6 ? 128 : 32)) return undefined;
  return `${kind.networkAddressFromCIDR(`${base}/${length}`)}/${Number(length)}`;
}

/** Whether the address is in the subnet; one of the other family is not. */
export function isInSubnet(address: string, subnet: string): boolean {
  const [base, length] = ipaddr.parseCIDR(subnet);
  const one = ipaddr.parse(address);
  return one.kind() === base.kind() && one.match(base, length);
}

function normalizeMac(text: string): string | undefined {
  const bytes = text.toLowerCase().replaceAll('-', ':');
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(bytes) ? bytes : undefined;
}

/** `:8080`, `:53/udp`, `127.0.0.1:8080`. */
function parsePort(text: string): Query['port'] {
  const [, host = '', digits = '', protocol] = /^([\d.]*):(\d{1,5})(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '' || number === 0 || number > 65535) return undefined;
  const address = normalizeAddress(host);
  if (host !== '' && address === undefined) return undefined;
  return {
    number,
    ...(protocol === undefined ? {} : { protocol }),
    ...(address === undefined ? {} : { address }),
  };
}
