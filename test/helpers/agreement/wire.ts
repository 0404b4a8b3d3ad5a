/**
 * A wire without any process at its ends: packet(7) sockets that were opened in a namespace and stay in it. A frame
 * sent on a veth runs through the other namespace in the softirq of the very CPU that sends it, and each CPU takes its
 * queue in order (net/core/dev.c, process_backlog). So the thread is pinned to one CPU while it sends; a later frame that
 * has come back has then overtaken nothing, and what has not arrived by then never will.
 */
import { closeSync } from 'node:fs';
import koffi from 'koffi';
import { checked, lastErrno, libc } from '../../../src/system/libc.ts';
import type { NamespaceHandle } from '../../../src/system/system.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const ETH_P_ALL = 0x0003;
const SOL_SOCKET = 1;
const SO_MARK = 36;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const IPPROTO_IPV6 = 41;
const IPV6_HDRINCL = 36;
const IPV6_RECVPKTINFO = 49;
const IPV6_PKTINFO = 50;
const IPPROTO_RAW = 255;
/** Bytes: more than any frame that is sent here, an ICMP error with the packet in it among them. */
const FRAME_BYTES = 2048;

/** One end of a veth: what is sent there arrives at the other end. */
export type Wire = {
  readonly send: (frame: Uint8Array) => void;
  /** Everything that has come out here since, oldest first. */
  readonly receive: () => readonly Uint8Array[];
  readonly close: () => void;
};

/** Opens the wire at a link's end. */
export function openWire(namespace: NamespaceHandle, ifindex: number): Wire {
  return namespace.inside(() => {
    const fd = checked(
      libc().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)),
      'socket(AF_PACKET)',
    );
    // struct sockaddr_ll: family, protocol, ifindex; the rest is for sending only.
    const address = new DataView(new ArrayBuffer(20));
    address.setUint16(0, AF_PACKET, true);
    address.setUint16(2, ETH_P_ALL);
    address.setInt32(4, ifindex, true);
    checked(libc().bind(fd, new Uint8Array(address.buffer), 20), 'bind(AF_PACKET)');
    const on = int32(1);
    checked(libc().setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, 4), 'PACKET_IGNORE_OUTGOING');
    return {
      send: (frame) => {
        checked(libc().send(fd, frame, frame.length, 0), 'send a frame');
      },
      receive: () => drain(fd),
      close: () => closeSync(fd),
    };
  });
}

/** What a process of the namespace would hear: packets that were delivered there, as raw(7) sockets see them. */
export type Ears = {
  /** IPv4 packets from their header on; of IPv6, where that is missing, the transport header and the destination. */
  readonly receive: () => readonly Heard[];
  readonly close: () => void;
};

export type Heard = {
  readonly family: 'ipv4' | 'ipv6';
  readonly protocol: number;
  readonly bytes: Uint8Array;
  /** IPv6: the destination's 16 bytes. */
  readonly destination?: Uint8Array;
  /** IPv6: the source's 16 bytes. */
  readonly source?: Uint8Array;
};

/** Listens to these protocols (IANA numbers) of a family. */
export function openEars(
  namespace: NamespaceHandle,
  family: 'ipv4' | 'ipv6',
  protocols: readonly number[],
): Ears {
  const sockets = namespace.inside(() =>
    protocols.map((protocol) => {
      const domain = family === 'ipv4' ? AF_INET : AF_INET6;
      const fd = checked(libc().socket(domain, SOCK_RAW | SOCK_CLOEXEC, protocol), 'socket(SOCK_RAW)');
      if (family === 'ipv6')
        checked(libc().setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, int32(1), 4), 'IPV6_RECVPKTINFO');
      return { fd, protocol };
    }),
  );
  return {
    receive: () =>
      sockets.flatMap(({ fd, protocol }) =>
        family === 'ipv4'
          ? drain(fd).map((bytes): Heard => ({ family, protocol, bytes }))
          : drainWithDestination(fd).map((heard): Heard => ({ family, protocol, ...heard })),
      ),
    close: () => {
      for (const { fd } of sockets) closeSync(fd);
    },
  };
}

/** Sends whole IP packets as a process of the namespace (raw(7), IP_HDRINCL): they go through its output hooks. */
export type Mouth = {
  readonly send: (packet: Uint8Array, destination: Uint8Array, mark: number) => void;
  readonly close: () => void;
};

export function openMouth(namespace: NamespaceHandle, family: 'ipv4' | 'ipv6'): Mouth {
  const fd = namespace.inside(() => {
    const domain = family === 'ipv4' ? AF_INET : AF_INET6;
    const opened = checked(
      libc().socket(domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW),
      'socket(IPPROTO_RAW)',
    );
    if (family === 'ipv6')
      checked(libc().setsockopt(opened, IPPROTO_IPV6, IPV6_HDRINCL, int32(1), 4), 'IPV6_HDRINCL');
    return opened;
  });
  return {
    send: (packet, destination, mark) => {
      checked(libc().setsockopt(fd, SOL_SOCKET, SO_MARK, int32(mark), 4), 'SO_MARK');
      const address = new Uint8Array(family === 'ipv4' ? 16 : 28);
      address[0] = family === 'ipv4' ? AF_INET : AF_INET6;
      address.set(destination, family === 'ipv4' ? 4 : 8);
      // A rule that drops what a process sends lets sendto(2) fail with EPERM; one that rejects may say more.
      moreLibc().sendto(fd, packet, packet.length, 0, address, address.length);
    },
    close: () => closeSync(fd),
  };
}

/** Runs `action` with this thread on one CPU, and gives it back its CPUs. */
export function onOneCpu<T>(action: () => T): T {
  const before = new Uint8Array(128);
  checked(moreLibc().sched_getaffinity(0, before.length, before), 'sched_getaffinity');
  const first = before.findIndex((byte) => byte !== 0);
  const one = new Uint8Array(128);
  const byte = before[first] ?? 1;
  one[first] = byte & -byte;
  checked(moreLibc().sched_setaffinity(0, one.length, one), 'sched_setaffinity');
  try {
    return action();
  } finally {
    moreLibc().sched_setaffinity(0, before.length, before);
  }
}

function drain(fd: number): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  const buffer = new Uint8Array(FRAME_BYTES);
  for (;;) {
    const length = Number(libc().recv(fd, buffer, buffer.length, MSG_DONTWAIT));
    if (length < 0) {
      // An ICMP error for something sent earlier (EHOSTUNREACH, …) is reported once; what comes after is still there.
      if (lastErrno() === 'EAGAIN') return frames;
      continue;
    }
    frames.push(buffer.slice(0, length));
  }
}

function drainWithDestination(fd: number): readonly Omit<Heard, 'family' | 'protocol'>[] {
  const found: Omit<Heard, 'family' | 'protocol'>[] = [];
  for (;;) {
    const data = new Uint8Array(FRAME_BYTES);
    const name = new Uint8Array(28);
    const control = new Uint8Array(128);
    const vector = new Uint8Array(new BigUint64Array([libc().addressOf(data), BigInt(data.length)]).buffer);
    const header = new DataView(new ArrayBuffer(56));
    header.setBigUint64(0, libc().addressOf(name), true);
    header.setUint32(8, name.length, true);
    header.setBigUint64(16, libc().addressOf(vector), true);
    header.setBigUint64(24, 1n, true);
    header.setBigUint64(32, libc().addressOf(control), true);
    header.setBigUint64(40, BigInt(control.length), true);
    const length = Number(libc().recvmsg(fd, new Uint8Array(header.buffer), MSG_DONTWAIT));
    if (length < 0) {
      if (lastErrno() === 'EAGAIN') return found;
      continue;
    }
    const view = new DataView(control.buffer);
    const told = view.getInt32(8, true) === IPPROTO_IPV6 && view.getInt32(12, true) === IPV6_PKTINFO;
    found.push({
      bytes: data.slice(0, length),
      source: name.slice(8, 24),
      ...(told ? { destination: control.slice(16, 32) } : {}),
    });
  }
}

let loaded: ReturnType<typeof loadMore> | undefined;

function moreLibc() {
  loaded ??= loadMore();
  return loaded;
}

function loadMore() {
  const library = koffi.load(null);
  return {
    sendto: library.func(
      'long sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t size)',
    ),
    sched_getaffinity: library.func('int sched_getaffinity(int pid, size_t size, _Out_ uint8_t *mask)'),
    sched_setaffinity: library.func('int sched_setaffinity(int pid, size_t size, const uint8_t *mask)'),
  };
}

function htons(value: number): number {
  return ((value & 0xff) << 8) | (value >> 8);
}

function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
