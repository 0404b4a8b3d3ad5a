/**
 * Listening TCP and bound UDP sockets of a namespace: sock_diag(7), as ss(8) asks it; where the kernel lacks that, the
 * tables of /proc/net (proc_pid_net(5)), which say less. Which process holds each is looked up afterwards.
 */
import type { Family } from '../../src/model/address.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Socket } from '../../src/model/socket.ts';
import { type Files, type NamespaceHandle, SystemError } from '../../src/system/system.ts';
import { dumpEach } from '../netlink/dump.ts';
import type { Subject } from '../probe.ts';
import type { SocketHolders } from './holders.ts';
import { nameOwners } from './name-owners.ts';
import { parseDiagnostic } from './parse-diagnostic.ts';
import { parseProcTable } from './parse-proc-table.ts';

/** SOCK_DIAG_BY_FAMILY, linux/sock_diag.h */
const BY_FAMILY = 20;
/** struct inet_diag_req_v2 */
const REQUEST_BYTES = 56;
/** INET_DIAG_NOCOOKIE fills the two words of the cookie: any socket will do. */
const COOKIE_AT = 48;

type Kind = Pick<Socket, 'protocol' | 'family'>;

/** The protocols with their number (linux/in.h), and the state of a socket that waits (net/tcp_states.h). */
const PROTOCOLS = { tcp: { number: 6, state: 10 }, udp: { number: 17, state: 7 } } as const;
/** AF_INET, AF_INET6 */
const FAMILIES: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 };
const KINDS: readonly Kind[] = (['tcp', 'udp'] as const).flatMap((protocol) =>
  (['ipv4', 'ipv6'] as const).map((family) => ({ protocol, family })),
);
const TABLES: Readonly<Record<Family, string>> = { ipv4: '', ipv6: '6' };

/** The sockets with their owners. One kind that neither source tells is a gap; where none is told, there is no table. */
export function readSockets(
  { files }: { readonly files: Files },
  namespace: NamespaceHandle,
  subject: Pick<Subject, 'containers'>,
  holders: () => SocketHolders,
): { readonly sockets?: readonly Socket[]; readonly gaps: readonly Gap[] } {
  const told: Socket[] = [];
  const gaps: Gap[] = [];
  for (const kind of KINDS) {
    try {
      told.push(...readKind(namespace, kind));
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      gaps.push({ probe: 'sockets', reason: `${kind.protocol} ${kind.family}: ${error.message}` });
    }
  }
  if (gaps.length === KINDS.length) return { gaps };
  if (told.length === 0) return { sockets: told, gaps };
  const { sockets, gaps: unseen } = nameOwners(files, told, holders(), subject.containers);
  return { sockets, gaps: [...gaps, ...unseen] };
}

/** Throws `SystemError` with what both sources answered. */
function readKind(namespace: NamespaceHandle, kind: Kind): readonly Socket[] {
  try {
    const sockets: Socket[] = [];
    dumpEach(namespace, 'sock-diag', { type: BY_FAMILY, header: diagnosticRequest(kind) }, (payload) => {
      const socket = parseDiagnostic(payload, kind.protocol);
      if (socket) sockets.push(socket);
    });
    return sockets;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return readTable(namespace, kind, error);
  }
}

function readTable(namespace: NamespaceHandle, kind: Kind, refusal: SystemError): readonly Socket[] {
  try {
    const path = `/proc/thread-self/net/${kind.protocol}${TABLES[kind.family]}`;
    return parseProcTable(namespace.readText(path), kind);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new SystemError(error.code, refusal.message, `${refusal.code}; ${error.message}`);
  }
}

function diagnosticRequest({ protocol, family }: Kind): Uint8Array {
  const header = new Uint8Array(REQUEST_BYTES);
  const { number, state } = PROTOCOLS[protocol];
  header[0] = FAMILIES[family];
  header[1] = number;
  new DataView(header.buffer).setUint32(4, 1 << state, true);
  header.fill(0xff, COOKIE_AT);
  return header;
}
