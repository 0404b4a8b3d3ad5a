/**
 * Opens the namespaces behind a list of places, one handle for each namespace however many places lead to it.
 * A container's pid is believed only while its cgroup names the container, before and after the opening.
 */
import { openRtnetlink, type Rtnetlink } from '../../probes/netlink/socket.ts';
import type { Container } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { NamespaceHandle, System } from '../system/system.ts';
import { gapOf } from './gaps.ts';
import type { Place } from './place.ts';

/** An opened namespace with all the places that lead to it. */
export type OpenNamespace = {
  readonly id: string;
  readonly handle: NamespaceHandle;
  readonly rtnetlink: Rtnetlink;
  readonly places: readonly Place[];
};

export type Opened = {
  readonly namespaces: readonly OpenNamespace[];
  /** Containers whose namespace could not be reached. */
  readonly unreached: readonly Container[];
  /** Those among them whose pid means nothing here: no such process, or another's. */
  readonly strangers: readonly Container[];
  readonly gaps: readonly Gap[];
  readonly close: () => void;
};

/** Opens what can be opened; the rest is gaps. The caller closes: an open handle keeps a dead namespace alive. */
export function openNamespaces(system: System, places: readonly Place[]): Opened {
  const found = new Map<string, { handle: NamespaceHandle; rtnetlink: Rtnetlink; places: Place[] }>();
  const unreached: Container[] = [];
  const strangers: Container[] = [];
  const gaps: Gap[] = [];
  for (const place of places) {
    const open = found.get(place.inode ?? '');
    if (open) {
      // One more mount keeps or names it. A process is nothing new, but where only mounts were known it names it better.
      if (place.kind !== 'process' || open.places.every(({ kind }) => kind === 'hidden'))
        open.places.push(place);
      continue;
    }
    try {
      const handle = openPlace(system, place);
      const known = found.get(handle.id);
      if (known) {
        handle.close();
        known.places.push(place);
      } else found.set(handle.id, { handle, rtnetlink: openOrClose(handle), places: [place] });
    } catch (error) {
      if (isGone(place, error)) continue;
      if (place.container) unreached.push(place.container);
      if (place.container && isStranger(error)) strangers.push(place.container);
      gaps.push(gapOf(placeProbe(place), error));
    }
  }
  const namespaces = [...found].map(([id, open]) => ({ id, ...open }));
  const close = () => {
    for (const { handle, rtnetlink } of namespaces) {
      rtnetlink.close();
      handle.close();
    }
  };
  return { namespaces, unreached, strangers, gaps, close };
}

/** A gap names what the user may ask for by name: a container, a name of `ip netns`. */
function placeProbe({ kind, name }: Place): string {
  if (kind === 'container') return `container ${name}`;
  return kind === 'named' ? `netns ${name}` : 'netns';
}

/** A process may end between listing and opening; its namespace is then gone or known by another of its processes. */
function isGone(place: Place, error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (place.kind === 'process') return code === 'ENOENT' || code === 'ESRCH';
  // What was a mount when it was listed is a plain file, or nothing, once it is taken away.
  return place.kind === 'hidden' && (code === 'ENOENT' || code === 'ESRCH' || code === 'EINVAL');
}

function openPlace(system: System, place: Place): NamespaceHandle {
  if (!place.container) return system.namespaces.open(place.path);
  confirmContainer(system, place.container);
  const handle = system.namespaces.open(place.path);
  try {
    confirmContainer(system, place.container);
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

function openOrClose(handle: NamespaceHandle): Rtnetlink {
  try {
    return openRtnetlink(handle);
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** A pid that the engine gives is another process's here. */
export class ForeignPid extends Error {}

function isStranger(error: unknown): boolean {
  return error instanceof ForeignPid || (error as { code?: unknown }).code === 'ENOENT';
}

/** Throws `ForeignPid` where the pid is not the container's. Every engine puts the container's id into its cgroup's path (cgroups(7)); a reused or foreign pid has another. */
export function confirmContainer({ files }: System, { id, name, pid }: Container): void {
  const cgroups = files.readText(`/proc/${pid}/cgroup`);
  if (!cgroups.includes(id))
    throw new ForeignPid(
      `pid ${pid}, which the engine gives for ${name}, is not that container's on this machine; its namespace is not shown`,
    );
}
