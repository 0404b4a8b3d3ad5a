/** Asking the kernel over netlink: one request, all its answers, interrupted dumps read again. */
import type { NamespaceHandle, NetlinkSocket } from '../../src/system/system.ts';
import { decodeDatagram, encodeRequest, type Payload, type Request } from './message.ts';

/** How often a dump that the kernel calls inconsistent is read again before it is given up. */
const DUMP_ATTEMPTS = 5;

/** The kernel refused a request; `errno` is positive, as in errno(3). */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly errno: number;

  constructor(errno: number, message: string) {
    super(message);
    this.errno = errno;
  }
}

/** An rtnetlink conversation with one namespace. */
export type Rtnetlink = {
  /** All answers to a dump. Throws `NetlinkError`, or `SystemError` when nothing answers. */
  readonly dump: (request: Omit<Request, 'dump'>) => readonly Payload[];
  /** The one answer to a request, or undefined when the kernel only acknowledged. Throws the same. */
  readonly get: (request: Omit<Request, 'dump'>) => Payload | undefined;
  readonly close: () => void;
};

/** Opens a conversation that stays in the namespace. The caller closes it. */
export function openRtnetlink(namespace: NamespaceHandle): Rtnetlink {
  const socket = namespace.openNetlink('route');
  let sequence = 0;
  const exchange = (request: Request) => {
    sequence += 1;
    return collect(socket, request, sequence);
  };
  return {
    dump: (request) => {
      for (let attempt = 1; attempt <= DUMP_ATTEMPTS; attempt += 1) {
        const answer = exchange({ ...request, dump: true });
        if (!answer.interrupted) return answer.payloads;
      }
      throw new NetlinkError(4, `the table changed during each of ${DUMP_ATTEMPTS} readings`);
    },
    get: (request) => exchange({ ...request, dump: false }).payloads[0],
    close: socket.close,
  };
}

function collect(socket: NetlinkSocket, request: Request, sequence: number) {
  socket.send(encodeRequest(request, sequence));
  const payloads: Payload[] = [];
  let interrupted = false;
  for (;;) {
    const datagram = decodeDatagram(socket.receive(), sequence);
    payloads.push(...datagram.payloads);
    interrupted ||= datagram.interrupted;
    if (datagram.errno > 0)
      throw new NetlinkError(datagram.errno, `the kernel answered errno ${datagram.errno}`);
    if (datagram.done || (!request.dump && payloads.length > 0)) return { payloads, interrupted };
  }
}
