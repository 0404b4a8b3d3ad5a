/**
 * A container may end, or end and be restarted, between the engine's answer and the look at its pid. Where a pid is
 * nobody's or another's, the engine is asked again: only one that goes on saying the same is not to be believed.
 */
import type { Container } from '../model/container.ts';
import type { EngineClient } from '../system/system.ts';
import { locateContainers } from './container-places.ts';
import type { Place } from './place.ts';

/** Containers asked about again. More do not end within the milliseconds of one look; an engine elsewhere has them all. */
const ASKED_AGAIN = 16;
/** How often, and after how many milliseconds: an engine hears of a process's end a moment after the kernel. */
const ROUNDS = 4;
const PAUSE_MS = 25;

export type SecondAnswer = {
  /** Those of whom the engine says something else by now, as they were told first. */
  readonly changed: ReadonlySet<Container>;
  /** Where those are that were restarted. */
  readonly places: readonly Place[];
  /** Those that have ended, in the state they are in now. */
  readonly ended: readonly Container[];
};

/** What the engine says by now of containers whose pids meant nothing here. */
export async function askAgain(client: EngineClient, strangers: readonly Container[]): Promise<SecondAnswer> {
  const changed = new Set<Container>();
  const places: Place[] = [];
  const ended: Container[] = [];
  let asked = strangers.slice(0, ASKED_AGAIN);
  for (let round = 1; round <= ROUNDS && asked.length > 0; round += 1) {
    if (round > 1) await pause(PAUSE_MS);
    const answer = await askOnce(client, asked);
    for (const container of answer.changed) changed.add(container);
    places.push(...answer.places);
    ended.push(...answer.ended);
    asked = asked.filter((container) => !changed.has(container));
  }
  return { changed, places, ended };
}

async function askOnce(client: EngineClient, asked: readonly Container[]): Promise<SecondAnswer> {
  const now = await locateContainers(client, asked);
  const pids = new Map(asked.map(({ id, pid }) => [id, pid]));
  const failed = new Set(now.gaps.map(({ probe }) => probe));
  const places = now.places.filter(({ container }) => container && container.pid !== pids.get(container.id));
  const ended = now.stopped.filter(({ name }) => !failed.has(`container ${name}`));
  const ids = new Set([...ended, ...places.flatMap(({ container }) => container ?? [])].map(({ id }) => id));
  return { changed: new Set(asked.filter(({ id }) => ids.has(id))), places, ended };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
