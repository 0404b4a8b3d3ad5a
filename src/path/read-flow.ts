/** FROM and TO as the user wrote them: targets, addresses, ports. */
import type { Flow } from '../model/diagnosis.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { INTERNET } from './internet.ts';
import { familyOf } from './prefix.ts';
import type { Endpoint, FlowRequest } from './trace-flow.ts';

export const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;

const HIGHEST_PORT = 65_535;

export type Words = {
  readonly from: string;
  /** Absent: the internet in general. */
  readonly to?: string | undefined;
  /** Absent: tcp with a port, else icmp. */
  readonly proto?: string | undefined;
};

/** From a word to the one namespace it names; throws `UserError` for none or several. */
export type FindTarget = (text: string) => Namespace;

/** The flow that the words name. Throws `UserError`: exit code 2 for what cannot be understood, and what `find` throws. */
export function readFlow(snapshot: Snapshot, { from, to, proto }: Words, find: FindTarget): FlowRequest {
  const sender = readFrom(snapshot, from, find);
  const { endpoint, port } = readTo(to, find);
  return { from: sender, to: endpoint, port, proto: readProtocol(proto, port) };
}

function readProtocol(proto: string | undefined, port: number | null): Flow['proto'] {
  const known = PROTOCOLS.find((one) => one === proto);
  if (proto !== undefined && !known)
    throw new UserError(EXIT.usage, `'${proto}' is no protocol`, `choose from ${PROTOCOLS.join(', ')}`);
  const chosen = known ?? (port === null ? 'icmp' : 'tcp');
  if (chosen === 'icmp' && port !== null)
    throw new UserError(EXIT.usage, 'icmp has no ports', 'leave the port out, or use --proto tcp or udp');
  return chosen;
}

function readFrom(snapshot: Snapshot, text: string, find: FindTarget): Endpoint {
  if (!familyOf(text)) return { kind: 'namespace', id: find(text).id, text };
  const owners = snapshot.namespaces.filter(({ addresses }) =>
    addresses?.some(({ address }) => address === text),
  );
  const [owner, ...others] = owners;
  if (!owner) return { kind: 'address', address: text, text };
  if (others.length > 0)
    throw new UserError(
      EXIT.noTarget,
      `${owners.length} namespaces have the address ${text}`,
      `name the one you mean: ${owners.map(({ name }) => name).join(', ')}`,
    );
  return { kind: 'namespace', id: owner.id, text };
}

type To = { readonly endpoint: Endpoint; readonly port: number | null };

function readTo(text: string | undefined, find: FindTarget): To {
  if (text === undefined || text === 'internet')
    return { endpoint: { kind: 'address', address: INTERNET.ipv4, text: 'internet' }, port: null };
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) {
    const [, address = '', port] = bracketed;
    if (familyOf(address) !== 'ipv6') throw bad(text, 'what is in brackets is no IPv6 address');
    return { endpoint: { kind: 'address', address, text }, port: parsePort(port, text) };
  }
  if (text.startsWith('[')) throw bad(text, 'a bracketed address takes nothing behind it but a port');
  if (familyOf(text)) return { endpoint: { kind: 'address', address: text, text }, port: null };
  const colon = text.lastIndexOf(':');
  const head = colon < 0 ? text : text.slice(0, colon);
  if (familyOf(head) === 'ipv4')
    return {
      endpoint: { kind: 'address', address: head, text },
      port: parsePort(text.slice(colon + 1), text),
    };
  if (/^[\d.]+$/.test(head) || familyOf(head.split(':')[0] ?? '') === 'ipv4')
    throw bad(text, `'${head}' is no IP address`);
  return readNamed(text, colon, find);
}

/** A target, or one with a port behind it; `pid:7` is a target whose colon belongs to it. */
function readNamed(text: string, colon: number, find: FindTarget): To {
  try {
    return { endpoint: { kind: 'namespace', id: find(text).id, text }, port: null };
  } catch (error) {
    const tail = text.slice(colon + 1);
    if (!(error instanceof UserError) || colon <= 0) throw error;
    // A word that names several things is ambiguous with a port as well.
    if (/names \d+ targets/.test(error.message)) throw error;
    const { id } = find(text.slice(0, colon));
    return { endpoint: { kind: 'namespace', id, text }, port: parsePort(tail, text) };
  }
}

function parsePort(port: string | undefined, text: string): number | null {
  if (port === undefined) return null;
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > HIGHEST_PORT) throw bad(text, `'${port}' is no port (1 to ${HIGHEST_PORT})`);
  return number;
}

function bad(text: string, why: string): UserError {
  return new UserError(
    EXIT.usage,
    `cannot understand the destination '${text}': ${why}`,
    'write TARGET[:PORT], IP[:PORT] or [IPv6]:PORT',
  );
}
