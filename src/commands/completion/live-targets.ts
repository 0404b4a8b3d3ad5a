/** The targets that there are right now, by the names that a user would type. */
import type { Namespace } from '../../model/namespace.ts';
import { UserError } from '../../model/user-error.ts';
import type { CommandContext } from '../command.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import type { Choice } from './words.ts';

/** Namespaces and the host's links; behind `web/` the links of web. */
export async function liveTargets(context: CommandContext, current: string): Promise<readonly Choice[]> {
  try {
    const system = await context.openSystem();
    const { namespaces } = await takeSnapshot(context, system, { sections: ['links'], processes: false });
    const slash = current.lastIndexOf('/');
    const within = slash < 0 ? [] : namespaces.filter(({ names }) => names.includes(current.slice(0, slash)));
    return [
      ...within.flatMap((one) => linksOf(one, current.slice(0, slash + 1))),
      ...namespaces.flatMap(names),
    ];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function names(namespace: Namespace): readonly Choice[] {
  const { kind, containers, links = [] } = namespace;
  const services = containers.flatMap(({ compose }) =>
    compose ? [compose.service, `${compose.project}/${compose.service}`] : [],
  );
  const own = [...new Set([...namespace.names, ...services])].map((value) => ({
    value,
    description: kind === 'container' ? (containers[0]?.image ?? kind) : kind,
  }));
  return kind === 'host' ? [...own, ...linksOf({ ...namespace, links }, '')] : own;
}

function linksOf({ links = [] }: Namespace, prefix: string): readonly Choice[] {
  return links
    .filter(({ kind }) => kind !== 'loopback')
    .map((link) => ({ value: prefix + link.name, description: `link, ${link.kind}` }));
}
