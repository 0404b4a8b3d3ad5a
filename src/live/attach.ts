/**
 * Names under /var/run/netns for namespaces that have none, so that `ip netns exec` works (ip-netns(8)). What netpeek
 * attached is noted under /run/netpeek, and only that is ever removed.
 */

import { waysInto } from '../discover/open-same.ts';
import type { Namespace } from '../model/namespace.ts';
import { NETNS_DIRECTORY, OWN_NAMESPACE } from '../model/nsfs.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { Files, System } from '../system/system.ts';

const OWN_DIRECTORY = '/run/netpeek';
const NOTES = `${OWN_DIRECTORY}/netns`;
/** Notes what netpeek did to the directory itself, and undoes with the last name: made it, or only mounted it. */
const DIRECTORY_NOTE = '.directory';
const MADE = 'made';
const MOUNTED = 'mounted';

/** A name that netpeek attached. `owner` is the process that takes it away at its end; absent: it stays until detached. */
export type Attached = { readonly name: string; readonly inode: string; readonly owner?: string };

/** Bind-mounts the namespace under its own name or the one given. Throws `UserError`; nothing is left half done. */
export function attach(system: System, namespace: Namespace, wanted?: string, owner?: string): Attached {
  const { files } = system;
  const name = wanted ?? defaultName(namespace);
  checkName(name);
  const path = `${NETNS_DIRECTORY}/${name}`;
  if (exists(files, path))
    throw new UserError(EXIT.usage, `${path} exists already`, 'choose another name with --name');
  const source = waysInto(namespace).find((candidate) => inodeOf(files, candidate) === namespace.id);
  if (source === undefined)
    throw new UserError(
      EXIT.noTarget,
      `the namespace of ${namespace.name} is gone`,
      "'netpeek ls' shows what is there now",
    );
  const note: Attached = { name, inode: namespace.id, ...(owner === undefined ? {} : { owner }) };
  try {
    files.makeDirectory(NOTES);
    makeNetnsDirectory(files);
    // The note comes first: a kill in between leaves a note without a mount, which the next sweep takes away.
    files.writeText(`${NOTES}/${name}`, JSON.stringify(note));
    files.writeText(path, '');
    files.bindMount(source, path);
  } catch (error) {
    takeAway(files, note);
    throw refused(error, `attach ${namespace.name}`);
  }
  return note;
}

/** Takes a name away that netpeek attached. Throws `UserError` for any other name. */
export function detach(system: System, name: string): void {
  const { files } = system;
  const note = listAttached(files).find((entry) => entry.name === name);
  if (!note) {
    const foreign = exists(files, `${NETNS_DIRECTORY}/${name}`);
    const what = foreign ? `${name} was not attached by netpeek` : `nothing is attached as '${name}'`;
    throw new UserError(
      EXIT.noTarget,
      what,
      foreign ? `to remove it all the same: ip netns delete ${name}` : "see 'netpeek netns ls'",
    );
  }
  try {
    takeAway(files, note);
  } catch (error) {
    throw refused(error, `detach ${name}`);
  }
}

/** What netpeek attached and has not detached. */
export function listAttached(files: Files): readonly Attached[] {
  return listOrNothing(files, NOTES)
    .filter((entry) => entry !== DIRECTORY_NOTE)
    .flatMap((entry) => readNote(files, `${NOTES}/${entry}`) ?? []);
}

/** Takes away what processes attached that have ended since without doing so; `isAlive` tells of an owner. Returns the names. */
export function sweepAttached(files: Files, isAlive: (owner: string) => boolean): readonly string[] {
  const left = listAttached(files).filter(({ owner }) => owner !== undefined && !isAlive(owner));
  for (const note of left) takeAway(files, note);
  return left.map(({ name }) => name);
}

/** Takes away everything that this owner attached. */
export function detachOwned(files: Files, owner: string): void {
  for (const note of listAttached(files)) if (note.owner === owner) takeAway(files, note);
}

/** A process for good: its pid and start time (field 22 of proc_pid_stat(5)); empty when it is gone. */
export function ownerName(files: Files, pid: number): string {
  try {
    const stat = files.readText(`/proc/${pid}/stat`);
    return `${pid}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return '';
  }
}

/** The container's or namespace's own name, as far as it can be a file's. */
function defaultName(namespace: Namespace): string {
  return (namespace.containers[0]?.name ?? namespace.name).replace(/[^\w.-]/g, '-');
}

function checkName(name: string): void {
  if (/^[\w][\w.-]{0,200}$/.test(name)) return;
  throw new UserError(
    EXIT.usage,
    `'${name}' cannot be a name under ${NETNS_DIRECTORY}`,
    'use letters, digits, dots and dashes',
  );
}

/** As `ip netns add` makes it: a shared bind mount of itself, so that removing a name later reaches every mount namespace. */
function makeNetnsDirectory(files: Files): void {
  const existed = exists(files, NETNS_DIRECTORY);
  // A directory in use is left as it is: names may be mounted in it that a mount above would hide.
  if (existed && (isMountPoint(files, NETNS_DIRECTORY) || files.list(NETNS_DIRECTORY).length > 0)) return;
  if (!existed) files.makeDirectory(NETNS_DIRECTORY);
  files.writeText(`${NOTES}/${DIRECTORY_NOTE}`, existed ? MOUNTED : MADE);
  files.bindMount(NETNS_DIRECTORY, NETNS_DIRECTORY, { shared: true });
}

/** Unreadable mounts count as one: then nothing is mounted above what is there. */
function isMountPoint(files: Files, path: string): boolean {
  try {
    return files
      .readText('/proc/self/mountinfo')
      .split('\n')
      .some((line) => line.split(' ')[4] === path);
  } catch {
    return true;
  }
}

function takeAway(files: Files, { name, inode }: Attached): void {
  const path = `${NETNS_DIRECTORY}/${name}`;
  if (inodeOf(files, path) === inode) files.unmount(path);
  // What is left is the empty file beneath; if another namespace is mounted there by now, it is not ours.
  if (exists(files, path) && !isNamespace(files, path)) files.remove(path);
  if (exists(files, `${NOTES}/${name}`)) files.remove(`${NOTES}/${name}`);
  removeOwnDirectory(files);
  removeNotesDirectory(files);
}

function removeOwnDirectory(files: Files): void {
  if (!exists(files, `${NOTES}/${DIRECTORY_NOTE}`) || listOrNothing(files, NETNS_DIRECTORY).length > 0)
    return;
  files.unmount(NETNS_DIRECTORY);
  if (files.readText(`${NOTES}/${DIRECTORY_NOTE}`) === MADE) files.removeDirectory(NETNS_DIRECTORY);
  files.remove(`${NOTES}/${DIRECTORY_NOTE}`);
}

function removeNotesDirectory(files: Files): void {
  for (const directory of [NOTES, OWN_DIRECTORY])
    if (exists(files, directory) && files.list(directory).length === 0) files.removeDirectory(directory);
}

function readNote(files: Files, path: string): Attached | undefined {
  try {
    const note = JSON.parse(files.readText(path)) as Partial<Attached>;
    if (typeof note.name !== 'string' || typeof note.inode !== 'string') return undefined;
    return { name: note.name, inode: note.inode, ...(note.owner === undefined ? {} : { owner: note.owner }) };
  } catch {
    return undefined;
  }
}

function refused(error: unknown, what: string): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'EPERM' || code === 'EACCES')
    return new UserError(EXIT.notPermitted, `not allowed to ${what}`, 'run as root');
  return typeof code === 'string' ? new UserError(EXIT.outside, `could not ${what}: ${message}`) : error;
}

function isNamespace(files: Files, path: string): boolean {
  return files.identify(path).device === files.identify(OWN_NAMESPACE).device;
}

function inodeOf(files: Files, path: string): string | undefined {
  try {
    return isNamespace(files, path) ? files.identify(path).inode : undefined;
  } catch {
    return undefined;
  }
}

function exists(files: Files, path: string): boolean {
  try {
    files.identify(path);
    return true;
  } catch {
    return false;
  }
}

function listOrNothing(files: Files, directory: string): readonly string[] {
  try {
    return files.list(directory);
  } catch {
    return [];
  }
}
