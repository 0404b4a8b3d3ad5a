/**
 * Sends probes from a namespace as one of its own processes would, with nothing of the container's: sockets that were
 * opened in it. A connection is closed as soon as it stands, with nothing written to it.
 */
import type { Flow } from '../../model/diagnosis.ts';
import { familyOf } from '../../path/prefix.ts';
import { type NamespaceHandle, SystemError, type WireSocket } from '../../system/system.ts';
import { echoFilter, echoRequest, isEchoAnswer, payload } from './echo.ts';
import type { Mark } from './mark.ts';
import { portOf, socketAddress } from './socket-address.ts';

/** What became of one probe, as its sender learned it. `errno` is what its socket says, such as `EHOSTUNREACH`. */
export type Reply =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly errno: string };

export type Sender = {
  readonly mark: Mark;
  /** Sends the next probe. Its answer, if it is known at once. */
  readonly send: () => Reply | undefined;
  /** The answer, once there is one. */
  readonly reply: () => Reply | undefined;
  /** To be waited for. */
  readonly socket: () => WireSocket | undefined;
  readonly close: () => void;
};

export type SenderRequest = {
  readonly flow: Pick<Flow, 'proto' | 'destination' | 'port'>;
  readonly token: number;
  /** Bytes of the whole IP packet, which then may not be divided; of datagrams and echoes only. */
  readonly packetBytes?: number;
};

const SOL_SOCKET = 1;
const SO_LINGER = 13;
const SOL_TCP = 6;
const TCP_REPAIR = 19;
const TCP_REPAIR_QUEUE = 20;
const TCP_QUEUE_SEQ = 21;
const TCP_REPAIR_ON = 1;
const TCP_REPAIR_OFF_NO_WINDOW_PROBE = -1;
const TCP_SEND_QUEUE = 2;
/** IP_MTU_DISCOVER and IP_RECVERR, IPV6_MTU_DISCOVER and IPV6_RECVERR (ip(7), ipv6(7)). */
const IP = {
  ipv4: { level: 0, discover: 10, errors: 11, headerBytes: 20 },
  ipv6: { level: 41, discover: 23, errors: 25, headerBytes: 40 },
} as const;
/** IP_PMTUDISC_PROBE: never divided, and what is known of the path's MTU is not believed. */
const PMTUDISC_PROBE = 3;
const HEADER_BYTES = 8;

/** Prepares to send; the port is a free one of the namespace. Throws `SystemError`. */
export function openSender(namespace: NamespaceHandle, request: SenderRequest): Sender {
  const { proto, destination } = request.flow;
  const family = familyOf(destination) ?? 'ipv4';
  const first = namespace.openWire({ kind: proto, family });
  try {
    // A raw socket has no port to choose: an echo's identifier is any number.
    if (proto !== 'icmp') first.bind(socketAddress(family, undefined, 0));
    const port = proto === 'icmp' ? request.token & 0xffff : portOf(first.localAddress());
    const mark: Mark = { family, proto, port, token: request.token };
    return proto === 'tcp' ? connecting(namespace, request, mark, first) : datagrams(request, mark, first);
  } catch (error) {
    first.close();
    throw error;
  }
}

/** Each probe is a connection of its own from the same port. */
function connecting(
  namespace: NamespaceHandle,
  { flow: { destination, port } }: SenderRequest,
  mark: Mark,
  first: WireSocket,
): Sender {
  const { family } = mark;
  let socket: WireSocket | undefined = first;
  let bound = true;
  const drop = () => {
    socket?.close();
    socket = undefined;
  };
  const settle = (error: unknown): Reply => {
    drop();
    return replyOf(error);
  };
  return {
    mark,
    socket: () => socket,
    send: () => {
      try {
        if (!bound) {
          drop();
          socket = namespace.openWire({ kind: 'tcp', family });
          socket.bind(socketAddress(family, undefined, mark.port));
        }
        bound = false;
        if (!socket) return undefined;
        chooseSequence(socket, mark);
        // Closed with a reset, so that neither end keeps anything (SO_LINGER of 0 s, socket(7)).
        socket.setOption(SOL_SOCKET, SO_LINGER, int32(1, 0));
        socket.connect(socketAddress(family, destination, port ?? 0));
        return undefined;
      } catch (error) {
        return settle(error);
      }
    },
    reply: () => {
      try {
        if (!socket?.isConnected()) return undefined;
        drop();
        return { kind: 'answered' };
      } catch (error) {
        return settle(error);
      }
    },
    close: drop,
  };
}

/** A sequence number that translation leaves alone; without it, the port must do. Needs CAP_NET_ADMIN. */
function chooseSequence(socket: WireSocket, { token }: Mark): void {
  try {
    socket.setOption(SOL_TCP, TCP_REPAIR, int32(TCP_REPAIR_ON));
    socket.setOption(SOL_TCP, TCP_REPAIR_QUEUE, int32(TCP_SEND_QUEUE));
    socket.setOption(SOL_TCP, TCP_QUEUE_SEQ, int32(token | 0));
    socket.setOption(SOL_TCP, TCP_REPAIR, int32(TCP_REPAIR_OFF_NO_WINDOW_PROBE));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}

function datagrams(
  { flow: { destination, port }, packetBytes }: SenderRequest,
  mark: Mark,
  socket: WireSocket,
): Sender {
  const { family, proto } = mark;
  const { level, discover, errors, headerBytes } = IP[family];
  const isEcho = proto === 'icmp';
  if (isEcho) {
    const filter = echoFilter(mark);
    socket.setOption(filter.level, filter.option, filter.value);
  } else socket.setOption(level, errors, int32(1));
  if (packetBytes !== undefined) socket.setOption(level, discover, int32(PMTUDISC_PROBE));
  const payloadBytes = packetBytes === undefined ? undefined : packetBytes - headerBytes - HEADER_BYTES;
  // Connected, so that what comes back for it, an error as well, comes here; raw sockets take a protocol for a port.
  const target = socketAddress(family, destination, isEcho ? 0 : (port ?? 0));
  let connected = false;
  let sequence = 0;
  return {
    mark,
    socket: () => socket,
    send: () => {
      try {
        if (!connected) socket.connect(target);
        connected = true;
        sequence += 1;
        socket.send(isEcho ? echoRequest(mark, sequence, payloadBytes) : payload(mark, payloadBytes));
        return undefined;
      } catch (error) {
        return replyOf(error);
      }
    },
    reply: () => {
      try {
        for (let one = socket.receive(); one; one = socket.receive())
          if (!isEcho || isEchoAnswer(one.bytes, mark)) return { kind: 'answered' };
        return undefined;
      } catch (error) {
        return replyOf(error);
      }
    },
    close: () => socket.close(),
  };
}

function replyOf(error: unknown): Reply {
  if (!(error instanceof SystemError)) throw error;
  return error.code === 'ECONNREFUSED' ? { kind: 'refused' } : { kind: 'failed', errno: error.code };
}

function int32(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}
