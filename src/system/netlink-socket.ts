/** Netlink sockets (netlink(7)): a plain one for requests, and one that listens to multicast groups. */
import { closeSync } from 'node:fs';
import { checked, lastErrno, libc } from './libc.ts';
import {
  type EventProtocol,
  type EventSocket,
  type Groups,
  type NetlinkEvent,
  type NetlinkProtocol,
  type NetlinkSocket,
  SystemError,
} from './system.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const PROTOCOL_NUMBER: Record<NetlinkProtocol, number> = { route: 0, netfilter: 12, 'sock-diag': 4 };

const PROTOCOLS_HEARD: readonly EventProtocol[] = ['route', 'netfilter'];

const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_LISTEN_ALL_NSID = 8;
const NETLINK_GET_STRICT_CHK = 12;
const MSG_DONTWAIT = 0x40;
/** struct sockaddr_nl with port 0: the kernel chooses one. */
const ANY_ADDRESS = Uint8Array.of(AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Seconds a request may stay unanswered; the kernel answers at once, so this only ends a hang. */
const RECEIVE_TIMEOUT_S = 2n;
/** Bytes: the kernel fills dump datagrams up to 32 KiB when the reader's buffer allows it (af_netlink.c). */
const DATAGRAM_BYTES = 65536;
/** Bytes of kernel memory for events not read yet: thousands of link changes in one burst. */
const EVENT_BUFFER_BYTES = 4 * 1024 * 1024;

/** Where every answer of this thread arrives before it is copied out: one for each of 1,000 sockets would be 64 MiB. */
let scratch: Uint8Array | undefined;

/** Opens a socket in the thread's current namespace. Throws `SystemError`. */
export function openNetlinkSocket(protocol: NetlinkProtocol): NetlinkSocket {
  const fd = openSocket(protocol);
  setOption(fd, SOL_SOCKET, SO_RCVTIMEO, bytesOf64(RECEIVE_TIMEOUT_S, 0n));
  setOption(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, bytesOf32(1));
  return {
    send: (message) => {
      checked(libc().send(fd, message, message.length, 0), 'netlink send');
    },
    receive: () => {
      scratch ??= new Uint8Array(DATAGRAM_BYTES);
      const length = libc().recv(fd, scratch, scratch.length, 0);
      if (length < 0 && lastErrno() === 'EAGAIN') throw new SystemError('ETIMEDOUT', 'netlink receive');
      return scratch.slice(0, checked(length, 'netlink receive'));
    },
    close: () => closeSync(fd),
  };
}

/** Opens a listener for these groups, hearing every namespace with an nsid here. Throws `SystemError`. */
export function openEventSocket(groups: Groups): EventSocket {
  const opened: { readonly protocol: EventProtocol; readonly fd: number }[] = [];
  const closeAll = () => {
    for (const { fd } of opened) closeSync(fd);
  };
  try {
    for (const protocol of PROTOCOLS_HEARD) {
      const wanted = groups[protocol];
      if (!wanted) continue;
      const fd = openSocket(protocol);
      opened.push({ protocol, fd });
      joinGroups(fd, wanted);
    }
  } catch (error) {
    closeAll();
    throw error;
  }
  const wake = checked(libc().eventfd(0, 0), 'eventfd');
  let closed = false;
  return {
    events: async function* () {
      const readers = opened.map(({ protocol, fd }) => messageReader(protocol, fd));
      const polled = pollSet([...opened.map(({ fd }) => fd), wake]);
      try {
        while (!closed) {
          const ready = await libc().pollInBackground(polled, opened.length + 1);
          if (ready === 0) continue;
          for (const reader of readers)
            for (let event = reader(); !closed && event; event = reader()) yield event;
        }
      } finally {
        closeAll();
        closeSync(wake);
      }
    },
    close: () => {
      if (closed) return;
      closed = true;
      libc().write(wake, bytesOf64(1n), 8);
    },
  };
}

function joinGroups(fd: number, groups: readonly number[]): void {
  // Without an address of its own the socket would count as the kernel, and hear nothing the kernel says.
  checked(libc().bind(fd, ANY_ADDRESS, ANY_ADDRESS.length), 'netlink bind');
  libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytesOf32(EVENT_BUFFER_BYTES), 4);
  libc().setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, bytesOf32(1), 4);
  for (const group of groups) setOption(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, bytesOf32(group));
}

function openSocket(protocol: NetlinkProtocol): number {
  const number = PROTOCOL_NUMBER[protocol];
  return checked(
    libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, number),
    `socket(AF_NETLINK, ${protocol})`,
  );
}

function setOption(fd: number, level: number, option: number, value: Uint8Array): void {
  checked(libc().setsockopt(fd, level, option, value, value.length), `setsockopt(${level}, ${option})`);
}

function bytesOf32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function bytesOf64(...values: bigint[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values).buffer);
}

/** struct pollfd for each descriptor, all waiting for POLLIN. */
function pollSet(fds: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * fds.length));
  fds.forEach((fd, index) => {
    view.setInt32(index * 8, fd, true);
    view.setInt16(index * 8 + 4, 1, true);
  });
  return new Uint8Array(view.buffer);
}

/** Reads what is there without waiting: struct msghdr with a control part, where NETLINK_LISTEN_ALL_NSID puts the nsid. */
function messageReader(protocol: EventProtocol, fd: number): () => NetlinkEvent | undefined {
  const data = new Uint8Array(DATAGRAM_BYTES);
  const control = new Uint8Array(64);
  const vector = new BigUint64Array([libc().addressOf(data), BigInt(data.length)]);
  const header = new DataView(new ArrayBuffer(56));
  return () => {
    header.setBigUint64(16, libc().addressOf(new Uint8Array(vector.buffer)), true);
    header.setBigUint64(24, 1n, true);
    header.setBigUint64(32, libc().addressOf(control), true);
    header.setBigUint64(40, BigInt(control.length), true);
    const length = Number(libc().recvmsg(fd, new Uint8Array(header.buffer), MSG_DONTWAIT));
    if (length < 0) {
      const errno = lastErrno();
      if (errno === 'EAGAIN' || errno === 'EINTR') return undefined;
      if (errno === 'ENOBUFS') return { kind: 'lost', protocol };
      throw new SystemError(errno, 'netlink receive');
    }
    const nsid = readNsid(control, Number(header.getBigUint64(40, true)));
    const bytes = data.slice(0, length);
    return { kind: 'message', protocol, bytes, ...(nsid === undefined ? {} : { nsid }) };
  };
}

/** The nsid in a struct cmsghdr of level SOL_NETLINK, type NETLINK_LISTEN_ALL_NSID. */
function readNsid(control: Uint8Array, length: number): number | undefined {
  const view = new DataView(control.buffer);
  if (
    length < 20 ||
    view.getInt32(8, true) !== SOL_NETLINK ||
    view.getInt32(12, true) !== NETLINK_LISTEN_ALL_NSID
  )
    return undefined;
  return view.getInt32(16, true);
}
