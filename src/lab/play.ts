/** Starts the actors of a scenario, each in its namespace; they end with the lab. */
import type { System } from '../system/system.ts';
import { namespacePath } from './build.ts';
import type { Actor, Scenario } from './scenario.ts';

/** `self` is the command line of netpeek itself. */
export async function startActors(
  system: System,
  scenario: Scenario,
  self: readonly [string, ...string[]],
): Promise<void> {
  for (const actor of scenario.actors) {
    const handle = system.namespaces.open(namespacePath(actor.in));
    try {
      const running = await system.processes.start({
        argv: [...self, 'lab-actor', ...actorWords(actor)],
        namespace: handle,
      });
      drain(running.stdout);
      drain(running.stderr);
    } finally {
      handle.close();
    }
  }
}

function actorWords(actor: Actor): readonly string[] {
  return actor.kind === 'serve'
    ? ['serve', String(actor.port)]
    : ['visit', actor.address, String(actor.port), String(actor.everyMs)];
}

/** An unread pipe would fill and stop the actor. */
async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}
