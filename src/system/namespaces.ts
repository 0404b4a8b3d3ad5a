/**
 * Entering network namespaces (setns(2)), always there and back within one synchronous call: a namespace belongs
 * to the thread, and whatever would run in between would run in the wrong one.
 */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { OWN_NAMESPACE } from '../model/nsfs.ts';
import { readAttachedPrograms } from './bpf.ts';
import { attempt } from './files.ts';
import { checked, libc } from './libc.ts';
import { openEventSocket, openNetlinkSocket } from './netlink-socket.ts';
import { type NamespaceHandle, type Namespaces, SystemError } from './system.ts';
import { openWireSocket, waitForAny } from './wire-socket.ts';

/** Opens namespaces of this machine. Nothing is opened before the first call. */
export function realNamespaces(): Namespaces {
  let own: Home | undefined;
  const home = () => {
    own ??= { ...openNamespaceFile(OWN_NAMESPACE), visiting: undefined };
    return own;
  };
  return { open: (path) => openHandle(path, home()), waitForAny };
}

/** The thread's own namespace, and the one that it is in just now. */
type Home = { readonly fd: number; readonly id: string; visiting: string | undefined };

function openHandle(path: string, home: Home): NamespaceHandle {
  const { fd, id } = openNamespaceFile(path);
  const inside: NamespaceHandle['inside'] = (action) =>
    id === (home.visiting ?? home.id) ? action() : visitNamespace({ fd, id, path }, home, action);
  return {
    id,
    fd,
    inside,
    openNetlink: (protocol) => inside(() => openNetlinkSocket(protocol)),
    readText: (file) => inside(() => attempt(`read ${file}`, () => readFileSync(file, 'utf8'))),
    list: (directory) => inside(() => attempt(`list ${directory}`, () => readdirSync(directory))),
    attachedPrograms: (ifindex, attachType) => inside(() => readAttachedPrograms(ifindex, attachType)),
    listen: (groups) => inside(() => openEventSocket(groups)),
    openWire: (request) => inside(() => openWireSocket(request)),
    close: () => closeSync(fd),
  };
}

/** Within `action`, further calls of the same handle stay where they are: many small readings then enter once. */
function visitNamespace<T>(
  { fd, id, path }: { readonly fd: number; readonly id: string; readonly path: string },
  home: Home,
  action: () => T,
): T {
  if (home.visiting !== undefined) throw new Error('one namespace cannot be entered from within another');
  checked(libc().enterNetwork(fd), `setns ${path}`);
  home.visiting = id;
  try {
    return action();
  } finally {
    home.visiting = undefined;
    comeHome(home.fd);
  }
}

/** A thread that cannot come back would read the wrong namespace for good: that is a bug, not a gap. */
function comeHome(homeFd: number): void {
  if (libc().enterNetwork(homeFd) !== 0) throw new Error('could not return to the own network namespace');
}

/** nsfs has a device of its own; a plain file left under /var/run/netns has not (namespaces(7)). */
function openNamespaceFile(path: string): { fd: number; id: string } {
  const fd = attempt(`open ${path}`, () => openSync(path, 'r'));
  const stat = fstatSync(fd, { bigint: true });
  if (stat.dev !== nsfsDevice()) {
    closeSync(fd);
    throw new SystemError('EINVAL', `open ${path}`, 'not a namespace file');
  }
  return { fd, id: String(stat.ino) };
}

let nsfs: bigint | undefined;

function nsfsDevice(): bigint {
  if (nsfs === undefined) {
    const fd = openSync(OWN_NAMESPACE, 'r');
    nsfs = fstatSync(fd, { bigint: true }).dev;
    closeSync(fd);
  }
  return nsfs;
}
