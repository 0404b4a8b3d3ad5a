/** The destination as the user wrote it: `IP`, `IP:PORT`, `[IPv6]:PORT`, or `internet` or nothing for the internet in general. */
import type { Flow } from '../model/diagnosis.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { familyOf } from '../path/prefix.ts';

export type Destination = Pick<Flow, 'to' | 'destination' | 'port'>;

/** Stands for 'any address of the internet': reserved for documentation (RFC 5737, TEST-NET-3), so never on a host's own links. */
const INTERNET = '203.0.113.1';
const HIGHEST_PORT = 65_535;
const FORMS = 'write IP, IP:PORT or [IPv6]:PORT';

/** Throws `UserError` for what cannot be understood. */
export function parseDestination(text: string | undefined): Destination {
  if (text === undefined || text === 'internet') return { to: 'internet', destination: INTERNET, port: null };
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) {
    const [, address = '', port] = bracketed;
    if (familyOf(address) !== 'ipv6') throw bad(text, 'what is in brackets is no IPv6 address');
    return { to: text, destination: address, port: parsePort(port, text) };
  }
  if (familyOf(text)) return { to: text, destination: text, port: null };
  const [host = '', port, ...rest] = text.split(':');
  if (rest.length > 0) throw bad(text, 'it is no IPv6 address');
  if (familyOf(host) !== 'ipv4')
    throw /^[\d.]*$/.test(host) ? bad(text, `'${host}' is no IP address`) : named(text);
  return { to: text, destination: host, port: parsePort(port, text) };
}

function parsePort(port: string | undefined, text: string): number | null {
  if (port === undefined) return null;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > HIGHEST_PORT) throw bad(text, `'${port}' is no port (1 to ${HIGHEST_PORT})`);
  return number;
}

function bad(text: string, why: string): UserError {
  return new UserError(EXIT.usage, `cannot understand the destination '${text}': ${why}`, FORMS);
}

function named(text: string): UserError {
  return new UserError(EXIT.usage, `cannot diagnose the way to '${text}': names are not resolved yet`, FORMS);
}
