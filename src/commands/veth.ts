/** `netpeek veth`: the veth of a container, and the container of a veth. */

import type { Inventory } from '../discover/inventory.ts';
import { scan } from '../discover/scan.ts';
import type { Container } from '../model/container.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT } from '../model/user-error.ts';
import type { System } from '../system/system.ts';
import { gapsOf } from '../view/json/document.ts';
import { vethJson } from '../view/json/veth.ts';
import type { VethPair } from '../view/veth-table.ts';
import { findVethPairs, vethTable } from '../view/veth-table.ts';
import type { Command, CommandContext } from './command.ts';
import { printGaps, printJson, printTable } from './print.ts';
import type { FoundTarget } from './require-target.ts';
import { requireTarget } from './require-target.ts';
import { lookAround, takeSnapshot } from './take-snapshot.ts';

const SECTIONS = ['links', 'addresses'] as const;

export const veth: Command = {
  name: 'veth',
  arguments: '[targets...]',
  fromFile: true,
  summary: 'the veth of a container, and the container of a veth',
  help: 'Examples:\n  netpeek veth web          the host veth, bridge and network of container web\n  netpeek veth veth3f2a     the container behind this host link',
  run: async (context, { positional }) => {
    const system = await context.openSystem();
    const near = await readNear(context, system, positional);
    const snapshot = near ?? (await takeSnapshot(context, system, { sections: SECTIONS, processes: true }));
    const targets = positional.map((text) => requireTarget(snapshot, text, system.files));
    const pairs = findVethPairs(snapshot).filter(
      (pair) => targets.length === 0 || targets.some((target) => concerns(target, pair)),
    );
    const gaps = gapsOf(
      snapshot,
      pairs.map(({ namespace }) => namespace),
    );
    if (context.globals.json)
      printJson(context, 'veth', { ...snapshot, gaps }, { veths: pairs.map(vethJson) });
    else {
      printTable(context, vethTable(pairs));
      printGaps(context, snapshot, gaps);
    }
    return EXIT.ok;
  },
};

/**
 * A snapshot of the host and the named containers alone: two namespaces instead of all. Undefined where the words name
 * anything else, or a far end is not on the host: then everything has to be looked at.
 */
async function readNear(
  context: CommandContext,
  system: System,
  words: readonly string[],
): Promise<Snapshot | undefined> {
  if (words.length === 0 || context.globals.snapshot !== undefined) return undefined;
  const near = narrow(await lookAround(context, system, false), words);
  if (!near) return undefined;
  const snapshot = await scan(system, near, { sections: SECTIONS });
  // Podman says only when it is asked about one container whether that is a guest.
  if (snapshot.namespaces.some(({ containers }) => containers.some(isGuest))) return undefined;
  return isComplete(snapshot.namespaces.filter(({ kind }) => kind !== 'host')) ? snapshot : undefined;
}

/**
 * Only the host and the containers that were named, where every word names exactly one container and nothing else:
 * two namespaces are read instead of all. Undefined where the words need a look at everything.
 */
function narrow(inventory: Inventory, words: readonly string[]): Inventory | undefined {
  const chosen: Container[] = [];
  for (const word of words) {
    const found = inventory.containers.filter(
      ({ name, id, compose }) => name === word || id === word || compose?.service === word,
    );
    const [container] = found;
    const isNamed = inventory.places.some((place) => place.name === word);
    if (!container || found.length > 1 || isNamed || isGuest(container)) return undefined;
    chosen.push(container);
  }
  if (chosen.length === 0) return undefined;
  return {
    ...inventory,
    containers: chosen,
    places: inventory.places.filter((place) => place.kind === 'host'),
  };
}

/** In a namespace that is another's: who else is there, and what the host's links lead to, takes a look at everything. */
function isGuest({ networkMode }: Container): boolean {
  return networkMode === 'host' || networkMode.startsWith('container:');
}

/** Whether the far end of every pair was found. */
function isComplete(namespaces: readonly Namespace[]): boolean {
  return namespaces.every(({ links }) => (links ?? []).every((link) => link.peerUnknown === undefined));
}

function concerns({ namespace, link }: FoundTarget, pair: VethPair): boolean {
  if (!link) return pair.namespace === namespace || pair.peerNamespace === namespace;
  return pair.link === link || pair.peerLink === link;
}
