/**
 * Sockets for a proof on the wire: what probes are sent from, taps that hear them pass (packet(7)), and the kernel's
 * account of traced packets. None of them ever waits; `waitForAny` does, for all of them at once.
 */
import { closeSync } from 'node:fs';
import { checked, errnoName, lastErrno, libc } from './libc.ts';
import { SystemError, type WireDatagram, type WireRequest, type WireSocket } from './system.ts';

const DOMAIN = { ipv4: 2, ipv6: 10, netlink: 16, packet: 17 } as const;
const TYPE = { stream: 1, datagram: 2, raw: 3 } as const;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** IANA protocol numbers. */
const PROTOCOL = { ipv4: { tcp: 6, udp: 17, icmp: 1 }, ipv6: { tcp: 6, udp: 17, icmp: 58 } } as const;
const NETLINK_NETFILTER = 12;
/** NFNLGRP_NFTRACE is group 9, and sockaddr_nl takes the first 32 groups as a mask. */
const TRACE_GROUP_MASK = 1 << (9 - 1);
const ETH_P_ALL = 0x0003;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const MSG_DONTWAIT = 0x40;
/** Bytes of a socket address: struct sockaddr_in6 is the largest that is read here. */
const ADDRESS_BYTES = 28;
const DATAGRAM_BYTES = 2_048;
const POLLIN = 1;
const POLLOUT = 4;

/** Opens a socket in the thread's current namespace. Throws `SystemError`; nothing stays open then. */
export function openWireSocket(request: WireRequest): WireSocket {
  const fd = checked(createSocket(request), `socket(${request.kind})`);
  try {
    if (request.kind === 'tap') prepareTap(fd, request.filter);
    if (request.kind === 'nft-trace') hearTraces(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    fd,
    awaits: request.kind === 'tcp' ? 'write' : 'read',
    setOption: (level, option, value) => setOption(fd, level, option, value),
    bind: (address) => void checked(libc().bind(fd, address, address.length), 'bind'),
    connect: (address) => {
      if (libc().connect(fd, address, address.length) === 0) return;
      const errno = lastErrno();
      if (errno !== 'EINPROGRESS') throw new SystemError(errno, 'connect');
    },
    send: (bytes, address) =>
      void checked(
        libc().sendto(fd, bytes, bytes.length, MSG_DONTWAIT, address ?? null, address?.length ?? 0),
        'send',
      ),
    receive: () => receive(fd),
    isConnected: () => isConnected(fd),
    localAddress: () => {
      const address = new Uint8Array(ADDRESS_BYTES);
      const length = Uint32Array.of(address.length);
      checked(libc().getsockname(fd, address, length), 'getsockname');
      return address.slice(0, length[0]);
    },
    close: () => closeSync(fd),
  };
}

/** poll(2) on a pool thread. The sockets must stay open until it resolves. */
export async function waitForAny(sockets: readonly WireSocket[], timeoutMs: number): Promise<void> {
  const view = new DataView(new ArrayBuffer(8 * sockets.length));
  sockets.forEach(({ fd, awaits }, index) => {
    view.setInt32(index * 8, fd, true);
    view.setInt16(index * 8 + 4, awaits === 'write' ? POLLOUT : POLLIN, true);
  });
  await libc().pollInBackground(new Uint8Array(view.buffer), sockets.length, Math.max(0, timeoutMs));
}

function createSocket(request: WireRequest): number {
  const flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
  // Of protocol 0, a tap hears nothing before its filter is in place and it is bound.
  if (request.kind === 'tap') return libc().socket(DOMAIN.packet, TYPE.datagram | flags, 0);
  if (request.kind === 'nft-trace') return libc().socket(DOMAIN.netlink, TYPE.raw | flags, NETLINK_NETFILTER);
  const { family, kind } = request;
  const type = { tcp: TYPE.stream, udp: TYPE.datagram, icmp: TYPE.raw }[kind];
  return libc().socket(DOMAIN[family], type | flags, PROTOCOL[family][kind]);
}

/** struct sock_fprog with the filter, then all links (ifindex 0) and all protocols, which alone brings what is sent. */
function prepareTap(fd: number, filter: Uint8Array): void {
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, filter.length / 8, true);
  program.setBigUint64(8, libc().addressOf(filter), true);
  setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(program.buffer));
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, DOMAIN.packet, true);
  address.setUint16(2, ETH_P_ALL);
  checked(libc().bind(fd, new Uint8Array(address.buffer), address.byteLength), 'bind(AF_PACKET)');
}

function hearTraces(fd: number): void {
  const address = new DataView(new ArrayBuffer(12));
  address.setUint16(0, DOMAIN.netlink, true);
  address.setUint32(8, TRACE_GROUP_MASK, true);
  checked(libc().bind(fd, new Uint8Array(address.buffer), address.byteLength), 'netlink bind');
}

function setOption(fd: number, level: number, option: number, value: Uint8Array): void {
  checked(libc().setsockopt(fd, level, option, value, value.length), `setsockopt(${level}, ${option})`);
}

function receive(fd: number): WireDatagram | undefined {
  const data = new Uint8Array(DATAGRAM_BYTES);
  const from = new Uint8Array(ADDRESS_BYTES);
  const size = Uint32Array.of(from.length);
  const length = Number(libc().recvfrom(fd, data, data.length, MSG_DONTWAIT, from, size));
  if (length >= 0) return { bytes: data.subarray(0, length), from: from.subarray(0, size[0]) };
  const errno = lastErrno();
  if (errno === 'EAGAIN' || errno === 'EINTR') return undefined;
  throw new SystemError(errno, 'receive');
}

/** A socket that has an error tells it once; one without a peer's address is still under way (getpeername(2)). */
function isConnected(fd: number): boolean {
  const value = Int32Array.of(0);
  checked(libc().getsockopt(fd, SOL_SOCKET, SO_ERROR, value, Uint32Array.of(4)), 'getsockopt(SO_ERROR)');
  const [error = 0] = value;
  if (error !== 0) throw new SystemError(errnoName(error), 'connect');
  return libc().getpeername(fd, new Uint8Array(ADDRESS_BYTES), Uint32Array.of(ADDRESS_BYTES)) === 0;
}
