/**
 * The door to the outside, as types: everything netpeek reads from or does to a machine goes through a `System`.
 * `real.ts` is the machine itself, `record.ts` notes every answer down, `replay.ts` gives noted answers again.
 */

/** A failed call to the kernel, a file or a program. `code` is the errno's name or a word of ours. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** Such as `ENOENT`, `EPERM`, `ETIMEDOUT`. */
  readonly code: string;
  /** What was tried, such as `open /proc/12/ns/net`. */
  readonly operation: string;

  constructor(code: string, operation: string, detail?: string) {
    super(`${operation}: ${detail ?? code}`);
    this.code = code;
    this.operation = operation;
  }
}

export type System = {
  readonly clock: Clock;
  readonly host: Host;
  readonly files: Files;
  readonly namespaces: Namespaces;
  readonly processes: Processes;
  readonly programs: LoadedPrograms;
  /** So many namespaces are about to be opened: prepares for it meanwhile, where that pays. Nothing depends on it. */
  readonly expectNamespaces: (count: number) => void;
  /** A client of the engine at this endpoint (`unix://…`, `tcp://…`); connecting happens at the first call. */
  readonly openEngine: (endpoint: string) => EngineClient;
};

export type Clock = {
  readonly now: () => Date;
  /** Milliseconds from an arbitrary start, never going back. */
  readonly monotonicMs: () => number;
};

export type Host = {
  readonly hostname: string;
  /** Effective user id. */
  readonly uid: number;
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** What stat(2) says of a path, as far as namespaces need it. */
export type FileIdentity = { readonly device: string; readonly inode: string };

export type WriteOptions = {
  /** Permissions of a new file. */
  readonly mode?: number;
  /** Fails with EEXIST where the path exists already, be it a link. */
  readonly exclusive?: boolean;
  /** Replaces the file when all is written: a reader, or a failure, meets the old text or the new one. */
  readonly whole?: boolean;
};

export type RegularOptions = {
  /** A larger file is refused with EFBIG, so that no part is taken for the whole. */
  readonly limitBytes: number;
  /** A directory that the path, and every symbolic link in it, is resolved in and never leaves (as in chroot(2)). */
  readonly root?: string;
};

/** All synchronous: /proc and /sys answer from memory, and inside a namespace nothing else is allowed. */
export type Files = {
  readonly readText: (path: string) => string;
  /** A file that somebody hostile may have put there; see `read-regular.ts`. */
  readonly readRegular: (path: string, options: RegularOptions) => Uint8Array;
  readonly list: (path: string) => readonly string[];
  readonly readLink: (path: string) => string;
  readonly identify: (path: string) => FileIdentity;
  /** Writes a new file or replaces one; used for what the user asked to save. */
  readonly writeText: (path: string, text: string, options?: WriteOptions) => void;
  /** Writes a stream to a file (`-`: stdout) as it comes; returns the bytes written. */
  readonly writeStream: (path: string, stream: AsyncIterable<Uint8Array>) => Promise<number>;
  readonly makeDirectory: (path: string) => void;
  readonly remove: (path: string) => void;
  /** Removes an empty directory. */
  readonly removeDirectory: (path: string) => void;
  /** mount(2) with MS_BIND; with `shared`, the new mount is made shared as well (MS_SHARED). */
  readonly bindMount: (source: string, target: string, options?: { readonly shared: boolean }) => void;
  /** umount2(2) with MNT_DETACH. */
  readonly unmount: (target: string) => void;
  /** Calls back when something in the directory changes; returns the end of the watch. */
  readonly watch: (directory: string, changed: () => void) => () => void;
};

export type Namespaces = {
  /** Opens the network namespace behind an nsfs path such as `/proc/12/ns/net`. The caller closes the handle. */
  readonly open: (path: string) => NamespaceHandle;
  /** Resolves as soon as one of the sockets has something to tell, or when the time is over. */
  readonly waitForAny: (sockets: readonly WireSocket[], timeoutMs: number) => Promise<void>;
};

/** NETLINK_ROUTE, NETLINK_NETFILTER and NETLINK_SOCK_DIAG of linux/netlink.h. */
export type NetlinkProtocol = 'route' | 'netfilter' | 'sock-diag';

/** An open network namespace. It lives, although its processes may end, until `close`. */
export type NamespaceHandle = {
  /** The nsfs inode, in decimal. */
  readonly id: string;
  /** The descriptor, for requests that name a namespace by one (NETNSA_FD). */
  readonly fd: number;
  /** Runs `action` with the thread in this namespace and is back before it returns. Nothing in it may be asynchronous. */
  readonly inside: <T>(action: () => T) => T;
  /** A socket that stays in this namespace wherever the thread goes. */
  readonly openNetlink: (protocol: NetlinkProtocol) => NetlinkSocket;
  /** Reads a file that follows the thread's namespace (/proc/sys/net, /proc/thread-self/net). */
  readonly readText: (path: string) => string;
  readonly list: (path: string) => readonly string[];
  /**
   * The ids of the BPF programs on an attach point (enum bpf_attach_type) of a link, in the order they run. Throws
   * ENODEV without the link, EINVAL where the kernel does not know the attach point.
   */
  readonly attachedPrograms: (ifindex: number, attachType: number) => readonly number[];
  /** Hears these multicast groups, of every namespace that has an nsid here. */
  readonly listen: (groups: Groups) => EventSocket;
  /** A socket for a proof on the wire, which stays in this namespace; it never waits. Throws `SystemError`. */
  readonly openWire: (request: WireRequest) => WireSocket;
  readonly close: () => void;
};

/**
 * A connection, datagrams, or ICMP by hand (raw(7)); a tap that hears what a classic BPF program (struct sock_filter) lets
 * through, on every link and in both directions, from the network header on (packet(7), SOCK_DGRAM); or the kernel's
 * account of traced packets (NFNLGRP_NFTRACE).
 */
export type WireRequest =
  | { readonly kind: 'tcp' | 'udp' | 'icmp'; readonly family: 'ipv4' | 'ipv6' }
  | { readonly kind: 'tap'; readonly filter: Uint8Array }
  | { readonly kind: 'nft-trace' };

export type WireSocket = {
  /** The descriptor; what the door waits on. */
  readonly fd: number;
  /** A connection is settled when it can be written to, everything else tells by being readable. */
  readonly awaits: 'read' | 'write';
  /** setsockopt(2); throws `SystemError`. */
  readonly setOption: (level: number, option: number, value: Uint8Array) => void;
  /** Addresses are struct sockaddr_in and sockaddr_in6. These throw `SystemError`, with the errno's name. */
  readonly bind: (address: Uint8Array) => void;
  /** A connection that is under way (EINPROGRESS) is no failure. */
  readonly connect: (address: Uint8Array) => void;
  readonly send: (bytes: Uint8Array, address?: Uint8Array) => void;
  /** What has come, if anything has. Throws an error that came in its place, such as ECONNREFUSED. */
  readonly receive: () => WireDatagram | undefined;
  /** Whether a connection has come to be; throws what became of it instead (SO_ERROR). */
  readonly isConnected: () => boolean;
  readonly localAddress: () => Uint8Array;
  readonly close: () => void;
};

export type WireDatagram = {
  /** Its beginning, up to 2,048 bytes. */
  readonly bytes: Uint8Array;
  /** The sender's socket address: of a tap, struct sockaddr_ll with link, direction and protocol. */
  readonly from: Uint8Array;
};

/** BPF programs that the kernel holds; an id is the same in every namespace. */
export type LoadedPrograms = {
  /** The beginning of struct bpf_prog_info. Throws ENOENT for a program that is gone, EPERM without CAP_SYS_ADMIN. */
  readonly info: (id: number) => Uint8Array;
};

export type NetlinkSocket = {
  readonly send: (message: Uint8Array) => void;
  /** One datagram; waits at most two seconds, then throws ETIMEDOUT. */
  readonly receive: () => Uint8Array;
  readonly close: () => void;
};

/** Multicast groups (RTNLGRP_*, NFNLGRP_*) by protocol. */
export type Groups = { readonly [protocol in EventProtocol]?: readonly number[] };
export type EventProtocol = Extract<NetlinkProtocol, 'route' | 'netfilter'>;

/** One thing heard: a datagram with the nsid it came from (absent: this namespace), or that some were lost (ENOBUFS). */
export type NetlinkEvent =
  | {
      readonly kind: 'message';
      readonly protocol: EventProtocol;
      readonly nsid?: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'lost'; readonly protocol: EventProtocol };

export type EventSocket = {
  /** Ends when the socket is closed. */
  readonly events: () => AsyncIterable<NetlinkEvent>;
  readonly close: () => void;
};

export type Command = {
  /** A program of the host and its arguments; no shell is involved. */
  readonly argv: readonly [string, ...string[]];
  /** Starts in this network namespace; the mount namespace stays the host's. */
  readonly namespace?: NamespaceHandle;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called when the program has been started, if it could be; what it prints is read later. */
  readonly onStart?: () => void;
};

export type Finished = { readonly stdout: string; readonly stderr: string; readonly exitCode: number };

/** How a started program ended. */
export type Ended = {
  /** Its own, or 128 and the signal's number where a signal ended it, as shells report. */
  readonly exitCode: number;
};

export type Running = {
  readonly pid: number;
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  readonly ended: Promise<Ended>;
  readonly signal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGUSR1') => void;
};

export type Processes = {
  /** Runs to the end. An exit code other than 0 is an answer; a program that is not there throws ENOENT. */
  readonly run: (command: Command) => Promise<Finished>;
  /** Starts and lets it run, its output as streams. */
  readonly start: (command: Command) => Promise<Running>;
  /**
   * Runs with this terminal: standard input, output and error are shared. `command.signal` ends it with SIGTERM, which
   * goes to the program's own child where it has one (unshare(1) blocks the signal while its child runs).
   */
  readonly hand: (command: Command) => Promise<Ended>;
  /**
   * Ends programs that an earlier netpeek started and, killed, could not end itself; or those that this one started and
   * can no longer end in order, because its thread broke. Returns their pids.
   */
  readonly sweep: (whose?: 'orphans' | 'own') => readonly number[];
};

/** What netpeek asks of an engine; the answers are the API's JSON, unchecked. Failures throw `SystemError`. */
export type EngineClient = {
  readonly endpoint: string;
  /** The `Server` header of GET /_ping, such as `Docker/28.5.2 (linux)`; empty where the engine sends none. */
  readonly server: () => Promise<string>;
  readonly version: () => Promise<unknown>;
  readonly containers: () => Promise<unknown>;
  readonly networks: () => Promise<unknown>;
  /** Podman's own answer about networks, which other engines do not have. */
  readonly libpodNetworks: () => Promise<unknown>;
  readonly inspect: (id: string) => Promise<unknown>;
  /** Ends when the connection does. */
  readonly events: (signal: AbortSignal) => AsyncIterable<unknown>;
};
