/** `netpeek watch`: changes as they happen, one line each. */
import { type EngineChoice, readEngineChoice } from '../../probes/engine-endpoint.ts';
import type { Change } from '../discover/change.ts';
import { diffSnapshots } from '../discover/diff.ts';
import { takeInventory } from '../discover/inventory.ts';
import { namespaceAt } from '../discover/namespace-at.ts';
import { type Scan, scanWhole } from '../discover/scan.ts';
import { readTablesAgain, scanAgain } from '../discover/scan-again.ts';
import { watchChanges } from '../discover/watch.ts';
import type { Difference } from '../model/difference.ts';
import type { Section } from '../model/facts.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { EXIT } from '../model/user-error.ts';
import { RULES } from '../session/costly.ts';
import { followSections } from '../session/follow-sections.ts';
import { createRunner } from '../session/runner.ts';
import type { System } from '../system/system.ts';
import { formatDifference } from '../view/diff-lines.ts';
import { formatPlural } from '../view/format.ts';
import type { Command, CommandContext } from './command.ts';
import { printLines } from './print.ts';

/** The tables of which the kernel tells when they change, and which cost little to read of every namespace. */
const SECTIONS: readonly Section[] = ['links', 'addresses', 'routes', 'neighbours'];
/** Milliseconds that events are gathered before anything is read: one command is a burst of them. */
const GATHER_MS = 40;

export const watch: Command = {
  name: 'watch',
  summary:
    'links, addresses, routes, neighbours, firewall rules, sysctls, namespaces and containers as they come, go and change',
  help: 'Ends with Ctrl-C. With --json each change is a line of JSON. The kernel tells of rules in nf_tables, iptables-nft among them, not of legacy iptables, and of the sysctls forwarding, rp_filter, proxy_arp and proxy_ndp, not of others: those are read again, and told, together with the next change in their namespace that is.',
  run: async (context) => {
    const system = await context.openSystem();
    const engine = readEngineChoice(system, context.globals.dockerHost);
    // One that was named must answer at the start; that it goes away later is a change like others.
    if (engine.explicit) await takeInventory(system, { engine, processes: false });
    const tellFollowed = (differences: readonly Difference[], time: string) =>
      print(context, differences, time);
    const followers = {
      sysctls: followSections(system, ['sysctls'], tellFollowed),
      rulesets: followSections(system, RULES, tellFollowed),
    };
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
      const { snapshot } = last;
      const followed = Object.values(followers).map((follower) => follower.follow(snapshot));
      if (before) return tell(context, before.snapshot, snapshot);
      // Until everything was read once, there is nothing to compare with.
      void Promise.all(followed).then(() => {
        if (context.signal.aborted) return;
        context.out.note(
          `netpeek: watching ${formatPlural(snapshot.namespaces.length, 'namespace')}; Ctrl-C ends`,
        );
      });
    };
    const runner = createRunner(read, GATHER_MS);
    let isEngineTold = false;
    const changed = (change: Change) => {
      if (change.kind === 'engine') {
        // That it answers at all is no news; that it stopped, or is back, is.
        if (isEngineTold || !change.connected) tellEngine(context, change);
        isEngineTold = true;
        pending.all = true;
        return runner.request();
      }
      const { kind, where } = change;
      const id = last ? namespaceAt(last.snapshot, where) : undefined;
      if (kind === 'sysctls' || kind === 'rulesets') {
        if (id !== undefined || where === undefined) return followers[kind].changed(id);
        // One that nobody has seen yet: it is read whole when it is found.
        pending.all = true;
      } else if (id === undefined) pending.all = true;
      else pending[kind].add(id);
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
    await Promise.all([runner.close(), followers.sysctls.close(), followers.rulesets.close()]);
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
  print(context, diffSnapshots(before, after).differences, after.takenAt);
}

function print(context: CommandContext, differences: readonly Difference[], time: string): void {
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
