/**
 * From the words of a command to the few places that they lead to, where that can be told without a look at every
 * namespace. Undefined wherever it cannot: then everything is read, and what a word means is decided there.
 */
import { openRtnetlink } from '../../probes/netlink/socket.ts';
import type { Container } from '../model/container.ts';
import { OWN_NAMESPACE } from '../model/nsfs.ts';
import { matchTarget, type Nameable, parseTarget } from '../model/targets.ts';
import type { System } from '../system/system.ts';
import { locateContainers } from './container-places.ts';
import { findLinkOwner } from './find-link-owner.ts';
import { type Inventory, listUnnamed, processPlaces } from './inventory.ts';
import { confirmContainer } from './open-namespaces.ts';
import type { Place } from './place.ts';

/** Every place (but the host's own) that leads to a namespace which one of the words names. */
export async function findNearPlaces(
  system: System,
  inventory: Inventory,
  words: readonly string[],
): Promise<readonly Place[] | undefined> {
  const chosen = new Set<Container>();
  const inodes = new Set<string>();
  const links: string[] = [];
  for (const word of words) {
    const [target, ...others] = parseTarget(word);
    if (target?.scope !== 'any' || others.length > 0 || word === 'host') return undefined;
    const [found, ...more] = matchTarget(target, namedThings(inventory));
    if (more.length > 0) return undefined;
    if (!found) links.push(word);
    else if (found.container) chosen.add(found.container);
    else inodes.add(found.id);
  }
  const unnamed = links.length > 0 ? listUnnamed(system, inventory.mounts) : undefined;
  // What could not be looked into may have a link of that name as well.
  if (unnamed && unnamed.gaps.length > 0) return undefined;
  const places = [
    ...inventory.places.filter(({ kind }) => kind !== 'host'),
    ...(unnamed ? [...unnamed.places, ...processPlaces(unnamed)] : []),
  ];
  if (!addLinkOwners(system, places, links, inodes)) return undefined;
  const containers = await placesOfContainers(system, inventory, chosen, inodes);
  return containers && [...places.filter(({ inode = '' }) => inodes.has(inode)), ...containers];
}

type NamedThing = Nameable & { readonly container?: Container };

/** Containers and names of `ip netns`, as targets match them. */
function namedThings({ containers, places }: Inventory): readonly NamedThing[] {
  const thing = { paths: [], pids: [] };
  return [
    ...containers.map(
      (container): NamedThing => ({
        ...thing,
        id: container.id,
        name: container.name,
        names: [container.name],
        kind: 'container',
        containers: [container],
        container,
      }),
    ),
    ...places
      .filter(({ kind }) => kind === 'named')
      .map(
        ({ name, inode = '' }): NamedThing => ({
          ...thing,
          id: inode,
          name,
          names: [name],
          kind: 'named',
          containers: [],
        }),
      ),
  ];
}

/** Adds the namespace behind each of these links of the host; false where one cannot be told. */
function addLinkOwners(
  system: System,
  places: readonly Place[],
  links: readonly string[],
  inodes: Set<string>,
): boolean {
  if (links.length === 0) return true;
  const handle = system.namespaces.open(OWN_NAMESPACE);
  const rtnetlink = openRtnetlink(handle);
  try {
    for (const link of links) {
      const owner = findLinkOwner(system, { id: handle.id, rtnetlink }, places, link);
      if (owner === undefined) return false;
      inodes.add(owner);
    }
    return true;
  } finally {
    rtnetlink.close();
    handle.close();
  }
}

/**
 * Where the chosen containers are, and all others in the namespaces `inodes`, for a container names its namespace.
 * Undefined where one of them is not to be found.
 */
async function placesOfContainers(
  system: System,
  { engine, containers }: Inventory,
  chosen: ReadonlySet<Container>,
  inodes: ReadonlySet<string>,
): Promise<readonly Place[] | undefined> {
  const asked = inodes.size > 0 ? containers : [...chosen];
  if (!engine || asked.length === 0) return [];
  const { places, stopped, gaps } = await locateContainers(system.openEngine(engine.endpoint), asked);
  if (gaps.length > 0 || stopped.some(({ id }) => isChosen(chosen, id))) return undefined;
  return places.filter(({ path, container }) => {
    if (!container || isChosen(chosen, container.id)) return true;
    confirmContainer(system, container);
    return inodes.has(system.files.readLink(path).slice('net:['.length, -1));
  });
}

function isChosen(chosen: ReadonlySet<Container>, id: string): boolean {
  return [...chosen].some((container) => container.id === id);
}
