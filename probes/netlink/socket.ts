/** Asking the kernel over netlink: one request, all its answers, interrupted dumps read again. */
import type { NamespaceHandle, NetlinkSocket } from '../../src/system/system.ts';
import { decodeDatagram, encodeRequest, type Payload, type Request } from './message.ts';

/** How often a dump that the kernel calls inconsistent is read again before it is given up. */
export const DUMP_ATTEMPTS = 5;

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
  /** The first of these answers, and how many there are; `interrupted` where the table never held still. Throws the same. */
  readonly dumpFirst: (
    request: Omit<Request, 'dump'>,
    kept: number,
  ) => { readonly payloads: readonly Payload[]; readonly total: number; readonly interrupted: boolean };
  /** The one answer to a request, or undefined when the kernel only acknowledged. Throws the same. */
  readonly get: (request: Omit<Request, 'dump'>) => Payload | undefined;
  readonly close: () => void;
};

/** Opens a conversation that stays in the namespace. The caller closes it. */
export function openRtnetlink(namespace: NamespaceHandle): Rtnetlink {
  const socket = namespace.openNetlink('route');
  let sequence = 0;
  const exchange = (request: Request, kept: number) => {
    sequence += 1;
    return collect(socket, request, sequence, kept);
  };
  const dumpFirst: Rtnetlink['dumpFirst'] = (request, kept) => {
    let answer = exchange({ ...request, dump: true }, kept);
    for (let attempt = 2; answer.interrupted && attempt <= DUMP_ATTEMPTS; attempt += 1)
      answer = exchange({ ...request, dump: true }, kept);
    return answer;
  };
  return {
    dump: (request) => {
      const { payloads, interrupted } = dumpFirst(request, Number.POSITIVE_INFINITY);
      if (interrupted)
        throw new NetlinkError(4, `the table changed during each of ${DUMP_ATTEMPTS} readings`);
      return payloads;
    },
    dumpFirst,
    get: (request) => exchange({ ...request, dump: false }, 1).payloads[0],
    close: socket.close,
  };
}

/** What is not kept is let go at once: the bytes of a million routes are never held together. */
function collect(socket: NetlinkSocket, request: Request, sequence: number, kept: number) {
  socket.send(encodeRequest(request, sequence));
  const payloads: Payload[] = [];
  let total = 0;
  let interrupted = false;
  for (;;) {
    const datagram = decodeDatagram(socket.receive(), sequence);
    payloads.push(...datagram.payloads.slice(0, kept - payloads.length));
    total += datagram.payloads.length;
    interrupted ||= datagram.interrupted;
    if (datagram.errno > 0)
      throw new NetlinkError(datagram.errno, `the kernel answered errno ${datagram.errno}`);
    if (datagram.done || (!request.dump && payloads.length > 0)) return { payloads, total, interrupted };
  }
}
