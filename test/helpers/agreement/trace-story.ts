/** The rules of nf_tables that a packet matched, as the kernel traced them, beside those that the model says it met. */
import { spawnSync } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listenToTrace, type TraceEvent } from '../../../probes/nft/trace.ts';
import type { ModelStory } from './model-story.ts';
import type { Town } from './town.ts';

/**
 * The table that turns tracing on, before all others. Its question for a connection's state makes the kernel track
 * connections, without which it asks no nat chain.
 */
export const TRACE_TABLE = 'netpeek_trace';
export const TRACE_RULES = `table inet ${TRACE_TABLE} {
  chain pre { type filter hook prerouting priority -1000; meta nftrace set 1; ct state invalid; }
  chain out { type filter hook output priority -1000; meta nftrace set 1; }
}
`;

/** A rule as the kernel names it. */
type Traced = {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
};

export type TraceStories = {
  /** The rules that the packets with these tags matched, in order; call it before anything else is sent. */
  readonly of: (
    tags: readonly number[],
    sendMarker: () => void,
  ) => Promise<ReadonlyMap<number, readonly Traced[]>>;
  readonly close: () => Promise<void>;
};

/** The tag of the packet behind which no trace of earlier ones can come. */
export const MARKER_TAG = 65_535;
/** The DSCP that the kernel gives to ICMP errors of its own (TOS 0xc0); their identification is random. */
const OWN_DSCP = 48;

export function followTraces({ router }: Pick<Town, 'router'>): TraceStories {
  const listener = listenToTrace(router);
  let events: TraceEvent[] = [];
  let lost = false;
  let marked = false;
  let wake: (() => void) | undefined;
  const reading = (async () => {
    for await (const report of listener.reports()) {
      if (report.kind === 'lost') lost = true;
      else {
        events.push(report.event);
        if (tagOf(report.event) === MARKER_TAG) marked = true;
      }
      if (lost || marked) wake?.();
    }
  })();
  return {
    of: async (tags, sendMarker) => {
      sendMarker();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (lost || marked) resolve();
      });
      await nextTurn();
      if (lost) throw new Error('trace events were lost');
      const found = groupByTag(events, new Set(tags));
      events = [];
      marked = false;
      return found;
    },
    close: async () => {
      listener.close();
      await reading;
    },
  };
}

function tagOf({ networkHeader }: TraceEvent): number | undefined {
  if (!networkHeader) return undefined;
  const view = new DataView(networkHeader.buffer, networkHeader.byteOffset, networkHeader.byteLength);
  const version = view.getUint8(0) >> 4;
  if (version === 4) return view.getUint8(1) >> 2 === OWN_DSCP ? 0 : view.getUint16(4);
  return version === 6 ? view.getUint32(0) & 0xfffff : 0;
}

/** An event without a header belongs to the packet that last had its id. */
function groupByTag(
  events: readonly TraceEvent[],
  tags: ReadonlySet<number>,
): ReadonlyMap<number, readonly Traced[]> {
  const tagById = new Map<number, number>();
  const found = new Map<number, Traced[]>();
  for (const event of events) {
    const told = tagOf(event);
    if (told !== undefined) tagById.set(event.id, told);
    const tag = tagById.get(event.id);
    const { family, table, chain, handle } = event;
    if (tag === undefined || !tags.has(tag) || handle === undefined || table === TRACE_TABLE) continue;
    const list = found.get(tag) ?? [];
    list.push({ family, table, chain, handle });
    found.set(tag, list);
  }
  return found;
}

/** Rules of iptables-nft have a handle as well: by family, table and chain, in the order of their numbers. */
export type Handles = ReadonlyMap<string, readonly number[]>;

export function readHandles({ router }: Pick<Town, 'router'>): Handles {
  const { stdout } = router.inside(() =>
    spawnSync('nft', ['-j', 'list', 'ruleset'], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
  );
  const handles = new Map<string, number[]>();
  const { nftables } = JSON.parse(stdout) as {
    readonly nftables: readonly { readonly rule?: Traced }[];
  };
  for (const { rule } of nftables) {
    if (!rule) continue;
    const list = handles.get(keyOf(rule)) ?? [];
    list.push(rule.handle);
    handles.set(keyOf(rule), list);
  }
  return handles;
}

function keyOf({ family, table, chain }: Omit<Traced, 'handle'>): string {
  return `${family} ${table} ${chain}`;
}

/** Where the model met other rules than the kernel matched, in a sentence. */
export function findTraceContradiction(
  { met, unknown, end, tied }: ModelStory,
  traced: readonly Traced[],
  handles: Handles,
): string | undefined {
  if (tied || unknown.length > 0 || end.kind === 'unknown' || end.kind === 'beyond') return undefined;
  if (met.some(({ matched }) => matched === 'unknown')) return undefined;
  const model = met
    .filter(({ world, table }) => world !== 'iptables-legacy' && table !== TRACE_TABLE)
    .map(({ family, table, chain, rule }) => {
      const handle = rule.handle ?? handles.get(keyOf({ family, table, chain }))?.[rule.number - 1];
      return `${keyOf({ family, table, chain })} handle ${handle} (${rule.text})`;
    });
  const kernel = traced.map((one) => `${keyOf(one)} handle ${one.handle}`);
  for (let at = 0; at < Math.max(model.length, kernel.length); at += 1) {
    const said = model[at];
    const seen = kernel[at];
    if (said === undefined) return `the kernel matched ${seen}, which the model does not`;
    if (seen === undefined || !said.startsWith(`${seen} `))
      return `the model matches ${said}, and the kernel ${seen ? `next matched ${seen}` : 'nothing more'}`;
  }
  return undefined;
}
