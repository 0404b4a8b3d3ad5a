/** A dump over a netlink family other than rtnetlink, answer by answer, so that a large table need not be kept (netlink(7)). */
import { type NamespaceHandle, type NetlinkProtocol, SystemError } from '../../src/system/system.ts';
import { decodeDatagram, encodeRequest, type Payload, type Request } from './message.ts';

/** Names for what the kernel refuses with (errno(3)); others are shown by number. */
const ERRNO: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  13: 'EACCES',
  22: 'EINVAL',
  93: 'EPROTONOSUPPORT',
  95: 'EOPNOTSUPP',
};

/** Hands each answer to `visit`; its bytes are valid only meanwhile. Throws `SystemError` when the kernel refuses or does not answer. */
export function dumpEach(
  namespace: NamespaceHandle,
  protocol: NetlinkProtocol,
  request: Omit<Request, 'dump'>,
  visit: (payload: Payload) => void,
): void {
  const socket = namespace.openNetlink(protocol);
  try {
    socket.send(encodeRequest({ ...request, dump: true }, 1));
    for (;;) {
      const { payloads, done, errno } = decodeDatagram(socket.receive(), 1);
      if (errno > 0) throw new SystemError(ERRNO[errno] ?? `errno ${errno}`, `${protocol} dump`);
      for (const payload of payloads) visit(payload);
      if (done) return;
    }
  } finally {
    socket.close();
  }
}
