/** Sockets that wait for somebody: TCP in LISTEN, UDP bound and not connected (sock_diag(7), linux/inet_diag.h). */
import type { Family } from './address.ts';

/** A process that holds a socket open. */
export type SocketOwner = {
  readonly pid: number;
  /** `/proc/PID/comm`: at most 15 bytes, and the process chooses them itself. */
  readonly name: string;
  /** The container of this namespace that the process belongs to. */
  readonly container?: string;
};

export type Socket = {
  readonly protocol: 'tcp' | 'udp';
  readonly family: Family;
  /** `0.0.0.0` or `::` for any. */
  readonly address: string;
  readonly port: number;
  /** LISTEN, or UNCONN for UDP, as ss(8) says it. */
  readonly state: string;
  /** Connections waiting for accept(2); for UDP, bytes waiting to be read. */
  readonly receiveQueue: number;
  /** Of a listener: how many connections may wait (listen(2)); absent where the kernel did not say. */
  readonly backlog?: number;
  readonly uid: number;
  /** On sockfs; 0 where no file belongs to the socket. */
  readonly inode: number;
  /** IPV6_V6ONLY: takes no IPv4 (ipv6(7)); absent where the kernel did not say. */
  readonly v6only?: boolean;
  /** SO_BINDTODEVICE: only packets of this link. */
  readonly ifindex?: number;
  /** Absent: not known, a gap says why. Empty: no process that can be seen holds it; the kernel itself may. */
  readonly owners?: readonly SocketOwner[];
};
