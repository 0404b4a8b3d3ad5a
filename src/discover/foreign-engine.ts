/** An engine on another machine or in a VM (ssh, tcp, Docker Desktop, WSL): its pids mean nothing here. Said once, not for each container. */
import type { Container, Engine } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';

/**
 * The gaps, with those of single containers replaced by one about the engine where not one of its `running` containers
 * is here. A single container may just have ended; over a socket of this machine it takes two to tell.
 */
export function foldForeignEngine(
  engine: Engine | null,
  running: number,
  strangers: readonly Container[],
  gaps: readonly Gap[],
): readonly Gap[] {
  const least = engine?.endpoint.startsWith('unix:') ? 2 : 1;
  if (!engine || running < least || strangers.length < running) return gaps;
  const probes = new Set(strangers.map(({ name }) => `container ${name}`));
  const containers = running === 1 ? 'its running container' : `any of its ${running} running containers`;
  return [
    ...gaps.filter(({ probe }) => !probes.has(probe)),
    {
      probe: 'docker',
      reason: `the engine at ${engine.endpoint} runs on another machine or in a VM: ${containers} has no process here`,
      needs: 'run netpeek where the engine runs',
    },
  ];
}
