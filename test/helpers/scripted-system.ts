/** A `System` of made-up parts; whatever a test does not provide fails loudly when it is used. */
import type { NamespaceHandle, NetlinkSocket, System } from '../../src/system/system.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';

export type Parts = {
  readonly files?: MemoryFiles;
  readonly host?: Partial<System['host']>;
  readonly namespaces?: Partial<System['namespaces']>;
  readonly processes?: Partial<System['processes']>;
  readonly programs?: System['programs'];
  readonly openEngine?: System['openEngine'];
};

export function scriptedSystem(parts: Parts = {}): System {
  return {
    clock: { now: () => new Date('2026-01-02T03:04:05.678Z'), monotonicMs: () => 1 },
    host: { hostname: 'lab', uid: 0, pid: 77, env: {}, ...parts.host },
    files: parts.files ?? memoryFiles(),
    namespaces: { open: unscripted, waitForAny: unscripted, ...parts.namespaces },
    processes: { run: unscripted, start: unscripted, hand: unscripted, sweep: () => [], ...parts.processes },
    programs: parts.programs ?? { info: unscripted },
    expectNamespaces: () => undefined,
    openEngine: parts.openEngine ?? unscripted,
  };
}

/** A handle on the namespace of this inode, whose netlink sockets answer with these datagrams. */
export function scriptedHandle(id: string, given: Partial<NamespaceHandle> = {}): NamespaceHandle {
  return {
    id,
    fd: 7,
    inside: (action) => action(),
    openNetlink: () => scriptedSocket([]),
    readText: unscripted,
    list: unscripted,
    attachedPrograms: unscripted,
    listen: unscripted,
    openWire: unscripted,
    close: () => undefined,
    ...given,
  };
}

/** A socket that gives these datagrams one after the other, and keeps what it is sent. */
export function scriptedSocket(
  datagrams: readonly Uint8Array[],
): NetlinkSocket & { readonly sent: readonly Uint8Array[] } {
  const waiting = [...datagrams];
  const sent: Uint8Array[] = [];
  return {
    sent,
    send: (bytes) => void sent.push(bytes),
    receive: () => waiting.shift() ?? unscripted(),
    close: () => undefined,
  };
}

function unscripted(): never {
  throw new Error('the test did not script this');
}
