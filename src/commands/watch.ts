/** `netpeek watch`: changes as they happen, one line each. */
import { type EngineChoice, readEngineChoice } from '../../probes/engine-endpoint.ts';
import { diffSnapshots } from '../discover/diff.ts';
import { takeInventory } from '../discover/inventory.ts';
import { namespaceAt } from '../discover/namespace-at.ts';
import { type Scan, scanWhole } from '../discover/scan.ts';
import { readTablesAgain, scanAgain } from '../discover/scan-again.ts';
import { type Change, watchChanges } from '../discover/watch.ts';
import type { Section } from '../model/facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT } from '../model/user-error.ts';
import { createRunner } from '../session/runner.ts';
import type { System } from '../system/system.ts';
import { formatDifference } from '../view/diff-lines.ts';
import { formatPlural } from '../view/format.ts';
import type { Command, CommandContext } from './command.ts';
import { printLines } from './print.ts';

/** The tables of which the kernel tells when they change. */
const SECTIONS: readonly Section[] = ['links', 'addresses', 'routes', 'neighbours'];
/** Milliseconds that events are gathered before anything is read: one command is a burst of them. */
const GATHER_MS = 40;

export const watch: Command = {
  name: 'watch',
  summary: 'links, addresses, routes, neighbours, namespaces and containers as they come, go and change',
  help: 'Ends with Ctrl-C. With --json each change is a line of JSON.',
  run: async (context) => {
    const system = await context.openSystem();
    const engine = readEngineChoice(system, context.globals.dockerHost);
    // One that was named must answer at the start; that it goes away later is a change like others.
    if (engine.explicit) await takeInventory(system, { engine, processes: false });
    let last: Scan | undefined;
    let pending = nothingPending();
    pending.all = true;
    const read = async () => {
      const { all, wiring, tables } = pending;
      pending = nothingPending();
      const before = last;
      if (before && !all && wiring.size === 0) {
        last = await readTablesAgain(system, before, tables);
        return tell(context, only(before, tables), only(last, tables));
      }
      const again =
        before && !all
          ? await scanAgain(system, before, union(wiring, tables), { sections: SECTIONS })
          : undefined;
      last = again ?? (await readEverything(system, engine));
      if (before) tell(context, before.snapshot, last.snapshot);
      else context.out.note(`netpeek: watching ${formatPlural(last.found.length, 'namespace')}; Ctrl-C ends`);
    };
    const runner = createRunner(read, GATHER_MS);
    let isEngineTold = false;
    const changed = (change: Change) => {
      if (change.kind === 'engine') {
        // That it answers at all is no news; that it stopped, or is back, is.
        if (isEngineTold || !change.connected) tellEngine(context, change);
        isEngineTold = true;
        pending.all = true;
      } else {
        const id = last ? namespaceAt(last.snapshot, change.where) : undefined;
        if (id === undefined) pending.all = true;
        else pending[change.kind].add(id);
      }
      runner.request();
    };
    // Listening begins before the first look, so that no change falls in between.
    const watching = watchChanges(system, {
      engineEndpoint: engine.endpoint,
      changed,
      signal: context.signal,
    });
    runner.request();
    await watching;
    await runner.close();
    return EXIT.ok;
  },
};

async function readEverything(system: System, engine: EngineChoice): Promise<Scan> {
  const inventory = await takeInventory(system, { engine: { ...engine, explicit: false }, processes: true });
  return scanWhole(system, inventory, { sections: SECTIONS });
}

/** What is to be read again: everything, or all tables or only routes and neighbours of some namespaces. */
const nothingPending = () => ({ all: false, wiring: new Set<string>(), tables: new Set<string>() });

const union = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a, ...b]);

function only({ snapshot }: Scan, ids: ReadonlySet<string>): Snapshot {
  return { ...snapshot, namespaces: snapshot.namespaces.filter(({ id }) => ids.has(id)) };
}

function tell(context: CommandContext, before: Snapshot, after: Snapshot): void {
  const { differences } = diffSnapshots(before, after);
  const time = after.takenAt;
  if (context.globals.json)
    for (const difference of differences) context.out.line(JSON.stringify({ time, ...difference }));
  else
    printLines(
      context,
      differences.map(formatDifference).map(({ text, tone }) => ({ text: `${clock(time)} ${text}`, tone })),
    );
}

function tellEngine(
  context: CommandContext,
  { connected, reason }: Extract<Change, { kind: 'engine' }>,
): void {
  const said = connected
    ? 'the engine answers'
    : `the engine does not answer: ${reason ?? 'no reason given'}`;
  context.out.note(`netpeek: ${said}`);
}

/** `13:37:01`, as the clock on the wall. */
function clock(time: string): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
