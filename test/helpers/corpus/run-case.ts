/** One case for real: the network is built, the fault put in and shown to break it, and netpeek asked. */
import { readFileSync } from 'node:fs';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import { createLab, type Host } from '../lab.ts';
import { checkout, node } from '../paths.ts';
import { waitFor } from '../wait-for.ts';
import { readHostState } from './host-state.ts';
import { type Judgement, judge } from './judge.ts';
import type { CorpusCase } from './random-case.ts';
import { comesThrough, comesThroughLarge } from './truth.ts';

export type Asked = Judgement & { readonly diagnosis: Diagnosis; readonly seconds: number };

export type CaseResult =
  /** The network did not work before the fault, or works with it: the case says nothing. */
  | { readonly kind: 'thrown-away'; readonly why: string }
  | {
      readonly kind: 'asked';
      readonly still: Asked;
      readonly live?: Asked;
      /** What the diagnoses left behind, as the lines that differ. */
      readonly leftovers: readonly string[];
    };

const HEALTHY_LIMIT_MS = 8_000;
const prelude = `NODE=${node}; HELPERS=${checkout}/test/helpers\n${readFileSync(new URL('prelude.sh', import.meta.url), 'utf8')}`;

/** All shell lines of a case, for repeating it by hand. */
export function scriptOf({ net, decoys, faults }: CorpusCase): string {
  return [
    net.setup,
    ...decoys.map(({ script }) => script),
    '# the fault',
    ...faults.map(({ script }) => script),
  ].join('\n');
}

export async function runCase(one: CorpusCase, options: { readonly live: boolean }): Promise<CaseResult> {
  const lab = await createLab();
  try {
    const { net, decoys, faults, healthy } = one;
    const servers = net.servers.map(([namespace, at]) => `serve ${namespace} ${at}`);
    await lab.ok(
      [
        prelude,
        net.setup,
        'mkdir -p /run/www; head -c 300000 /dev/zero > /run/www/large',
        ...servers,
        ...decoys.map(({ script }) => script),
      ].join('\n'),
    );
    try {
      await waitFor('the flow to work', () => comesThrough(lab, healthy), HEALTHY_LIMIT_MS);
    } catch {
      return { kind: 'thrown-away', why: 'it did not work before the fault' };
    }
    if (faults.length > 0) {
      await lab.ok([prelude, ...faults.map(({ script }) => script), flushNeighbours].join('\n'));
      const why = await unbroken(lab, one);
      if (why !== undefined) return { kind: 'thrown-away', why };
    }
    const before = await readHostState(lab);
    const still = await ask(lab, one, '--no-live');
    const live = options.live ? await ask(lab, one) : undefined;
    const after = await readHostState(lab);
    return { kind: 'asked', still, ...(live ? { live } : {}), leftovers: difference(before, after) };
  } finally {
    await lab.dispose();
  }
}

/** What the healthy flow has taught neighbour tables would keep a fault hidden for half a minute. */
const flushNeighbours =
  'ip neigh flush all; for x in $(ip netns list | cut -d" " -f1); do ip -n $x neigh flush all; done';

/** Why the faults are none; undefined where the flow is really lost. */
async function unbroken(lab: Host, { faults, flow }: CorpusCase): Promise<string | undefined> {
  const works = await comesThrough(lab, flow);
  if (!faults.some(({ kind }) => kind.partial)) return works ? 'it works with the fault' : undefined;
  if (!works) return 'all is lost, and not what is large alone';
  return (await comesThroughLarge(lab, flow)) ? 'what is large comes through as well' : undefined;
}

async function ask(lab: Host, one: CorpusCase, ...more: readonly string[]): Promise<Asked> {
  const started = performance.now();
  const { stdout, stderr } = await lab.netpeek(['diagnose', one.flow.from, one.flow.to, '--json', ...more]);
  const seconds = (performance.now() - started) / 1000;
  let diagnosis: Diagnosis;
  try {
    diagnosis = JSON.parse(stdout) as Diagnosis;
  } catch {
    throw new Error(`netpeek diagnose ${one.flow.from} ${one.flow.to} gave no JSON:\n${stdout}${stderr}`);
  }
  return { ...judge(diagnosis, one), diagnosis, seconds };
}

/** The lines of which there are more in one of two states. */
export function difference(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [one, other] = [before.split('\n'), after.split('\n')];
  return [
    ...one.filter((line) => !other.includes(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !one.includes(line)).map((line) => `+ ${line}`),
    ...(one.length === other.length ? [] : [`${one.length} lines before, ${other.length} after`]),
  ];
}
