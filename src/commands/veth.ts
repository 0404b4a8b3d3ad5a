/** `netpeek veth`: the veth of a container, and the container of a veth. */

import { scanNear } from '../discover/scan-near.ts';
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

/** The words' own few namespaces, where they are enough for the answer; otherwise everything has to be looked at. */
async function readNear(
  context: CommandContext,
  system: System,
  words: readonly string[],
): Promise<Snapshot | undefined> {
  if (words.length === 0 || context.globals.snapshot !== undefined) return undefined;
  return scanNear(system, await lookAround(context, system, false), words, SECTIONS);
}

function concerns({ namespace, link }: FoundTarget, pair: VethPair): boolean {
  if (!link) return pair.namespace === namespace || pair.peerNamespace === namespace;
  return pair.link === link || pair.peerLink === link;
}
