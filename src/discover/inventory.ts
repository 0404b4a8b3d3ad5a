/** What there is to look at, before any namespace is opened: the engine's list, the names of `ip netns`, the processes. */

import { type EngineFacts, readEngine } from '../../probes/docker.ts';
import type { EngineChoice } from '../../probes/engine-endpoint.ts';
import { type MountedNamespace, readMountedNamespaces } from '../../probes/mounted-namespaces.ts';
import { readNamedNamespaces, readProcessNamespaces } from '../../probes/netns-list.ts';
import { cleanText } from '../model/clean-text.ts';
import type { Container, DockerNetwork, Engine } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import { NETNS_DIRECTORY, OWN_NAMESPACE } from '../model/nsfs.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { System } from '../system/system.ts';
import { gapOf } from './gaps.ts';
import type { Place } from './place.ts';

export type Inventory = {
  readonly engine: Engine | null;
  readonly containers: readonly Container[];
  readonly networks: readonly DockerNetwork[];
  /** The host, the names of `ip netns`, and bind mounts elsewhere. */
  readonly places: readonly Place[];
  /** inode → pids; empty where processes were not asked for. */
  readonly pidsByInode: ReadonlyMap<string, readonly number[]>;
  readonly mounts: Mounts;
  readonly gaps: readonly Gap[];
};

/** The mounts of network namespaces that are seen from here, or why they are not. */
export type Mounts = { readonly list: readonly MountedNamespace[]; readonly gaps: readonly Gap[] };

export type InventoryRequest = {
  readonly engine: EngineChoice;
  /** Look at every process's namespace too. */
  readonly processes: boolean;
};

/**
 * Lists engine, names and processes. An engine that cannot be reached is a gap, unless the user named it on the
 * command line: then it throws `UserError`.
 */
export async function takeInventory(system: System, request: InventoryRequest): Promise<Inventory> {
  const answer = askEngine(system, request.engine);
  // While the engine thinks:
  const mounts = readMounts(system);
  const { named, gaps: stale } = readNamedNamespaces(system.files, mounts.list);
  if (request.processes) system.expectNamespaces(mounts.list.length);
  const unnamed = request.processes ? listUnnamed(system, mounts) : NOTHING_UNNAMED;
  const asked = await answer;
  return {
    engine: asked.facts?.engine ?? null,
    containers: asked.facts?.containers ?? [],
    networks: asked.facts?.networks ?? [],
    places: [
      { path: OWN_NAMESPACE, kind: 'host', name: 'host' },
      ...named.map(({ name, path, inode }): Place => ({ path, kind: 'named', name, inode })),
      ...unnamed.places,
    ],
    pidsByInode: unnamed.pidsByInode,
    mounts,
    gaps: [...asked.gaps, ...stale, ...unnamed.gaps],
  };
}

/** What no name under /run/netns and no container leads to: the namespaces of processes, and of bind mounts elsewhere. */
export type Unnamed = Pick<Inventory, 'places' | 'pidsByInode' | 'gaps'>;

const NOTHING_UNNAMED: Unnamed = { places: [], pidsByInode: new Map(), gaps: [] };

/** Lists processes and bind mounts. */
export function listUnnamed(system: System, mounts: Mounts): Unnamed {
  const { pidsByInode, unreadable } = readProcessNamespaces(system.files);
  // Bind mounts outside /run/netns: Docker's own sandboxes, and whatever somebody keeps.
  const places = mounts.list
    .filter(({ path }) => !path.startsWith(`${NETNS_DIRECTORY}/`))
    .map(({ inode, path }): Place => ({ path, kind: 'hidden', name: cleanText(path), inode }));
  const hidden = unreadable > 0 ? [unreadableProcesses(unreadable, system.host.uid)] : [];
  return { places, pidsByInode, gaps: [...mounts.gaps, ...hidden] };
}

/** A place for each namespace that has processes; where a container or a name leads there too, that one names it. */
export function processPlaces({ pidsByInode }: Pick<Inventory, 'pidsByInode'>): readonly Place[] {
  return [...pidsByInode].flatMap(([inode, [first]]): readonly Place[] =>
    first === undefined
      ? []
      : [{ path: `/proc/${first}/ns/net`, kind: 'process', name: `pid:${first}`, inode }],
  );
}

function readMounts({ files }: System): Mounts {
  try {
    return { list: readMountedNamespaces(files, 'self'), gaps: [] };
  } catch (error) {
    return { list: [], gaps: [gapOf('netns', error)] };
  }
}

type Asked = { readonly facts?: EngineFacts; readonly gaps: readonly Gap[] };

async function askEngine(system: System, { endpoint, explicit }: EngineChoice): Promise<Asked> {
  try {
    if (endpoint.startsWith('unix://')) system.files.identify(endpoint.slice('unix://'.length));
    return { facts: await readEngine(system.openEngine(endpoint)), gaps: [] };
  } catch (error) {
    const gap = engineGap(endpoint, gapOf('docker', error), (error as { code?: unknown }).code);
    if (explicit) throw new UserError(EXIT.outside, gap.reason, gap.needs);
    return { gaps: [gap] };
  }
}

function engineGap(endpoint: string, gap: Gap, code: unknown): Gap {
  const start = 'start Docker or Podman, or name its socket with --docker-host';
  if (code === 'ENOENT') return { probe: 'docker', reason: `no engine at ${endpoint}`, needs: start };
  if (code === 'ECONNREFUSED')
    return { probe: 'docker', reason: `the engine at ${endpoint} does not run`, needs: start };
  if (code === 'EACCES' || code === 'EPERM')
    return { probe: 'docker', reason: `not allowed to ask the engine at ${endpoint}`, needs: 'run as root' };
  return { ...gap, reason: `the engine at ${endpoint} gave no usable answer (${gap.reason})` };
}

function unreadableProcesses(count: number, uid: number): Gap {
  const reason = `the namespaces of ${count === 1 ? 'one process' : `${count} processes`} cannot be read`;
  return { probe: 'netns', reason, ...(uid === 0 ? {} : { needs: 'run as root' }) };
}
