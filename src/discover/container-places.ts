/** Where the running containers' namespaces are: their pids, asked of the engine. */
import { inspectContainer } from '../../probes/docker.ts';
import type { Container } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { EngineClient } from '../system/system.ts';
import { gapOf } from './gaps.ts';
import type { Place } from './place.ts';

/** Questions put to the engine at once; it answers each in about a millisecond. */
const PARALLEL_QUESTIONS = 16;

export type ContainerPlaces = {
  readonly places: readonly Place[];
  /** Containers that have no process, and so no namespace. */
  readonly stopped: readonly Container[];
  readonly gaps: readonly Gap[];
};

/** A place for each container with a process. One that ends between listing and asking is not an error: it is stopped. */
export async function locateContainers(
  client: EngineClient,
  containers: readonly Container[],
): Promise<ContainerPlaces> {
  const places: Place[] = [];
  const stopped: Container[] = [];
  const gaps: Gap[] = [];
  const waiting = [...containers];
  let hung: unknown;
  const work = async () => {
    for (let container = waiting.shift(); container; container = waiting.shift()) {
      try {
        if (hung) throw hung;
        const inspected = hasProcess(container)
          ? await inspectContainer(client, container.id, container.endpoints)
          : { pid: 0 };
        if (inspected.pid > 0) places.push(containerPlace({ ...container, ...inspected }));
        else stopped.push({ ...container, ...inspected });
      } catch (error) {
        stopped.push(container);
        const { code } = error as { code?: unknown };
        // An engine that has let one question run out of time is not asked a thousand more.
        if (code === 'ETIMEDOUT') hung ??= error;
        if (code !== 'HTTP 404') gaps.push(gapOf(`container ${container.name}`, error));
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_QUESTIONS }, work));
  return { places, stopped, gaps };
}

function hasProcess({ state }: Container): boolean {
  return state !== 'exited' && state !== 'created' && state !== 'dead';
}

function containerPlace(container: Container): Place {
  return { path: `/proc/${container.pid}/ns/net`, kind: 'container', name: container.name, container };
}
