/**
 * What 5,000 rules add to showing them, beyond the tool that prints them, and what it takes to follow one flow over 20,000:
 * `node bench/rules.ts [--rounds 7]`, as root, after `npm run build`.
 */
import { parseArgs } from 'node:util';
import { createLab, type Lab } from '../test/helpers/lab.ts';
import { checkout, node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { iptablesRules, nftRules } from './rule-samples.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const SHOWN = 5_000;
const WALKED = 20_000;
/** Milliseconds that reading and showing may add to the tool's own time. */
const MOST_ADDED_MS = 150;
/** Milliseconds of CPU for the first walk of a process: rules were never looked at before. */
const MOST_WALK_MS = 50;

type World = {
  readonly name: 'iptables' | 'nft';
  readonly rules: (count: number) => string;
  readonly load: readonly string[];
  readonly save: readonly string[];
};

const WORLDS: readonly World[] = [
  {
    name: 'iptables',
    rules: iptablesRules,
    load: ['iptables-nft-restore'],
    save: ['iptables-nft-save', '-c'],
  },
  { name: 'nft', rules: nftRules, load: ['nft', '-f', '-'], save: ['nft', '-j', 'list', 'ruleset'] },
];

const print = (line: string) => process.stdout.write(`${line}\n`);
const show = { name: 'show host firewall', argv: [node, program, 'show', 'host', 'firewall', '--json'] };

async function inLab<T>(act: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await createLab();
  try {
    return await act(lab);
  } finally {
    await lab.dispose();
  }
}

function peakMiB(stderr: string): string {
  return (Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(stderr)?.[1]) / 1024).toFixed(0);
}

let kept = true;
const empty = await inLab(async (lab) => (await measureInTurns(lab, [show], rounds)).get(show.name) ?? 0);
for (const { name, rules, load, save } of WORLDS) {
  await inLab(async (lab) => {
    await lab.ok([...load], { input: rules(SHOWN) });
    const tool = { name: save.join(' '), argv: [...save] };
    const found = await measureInTurns(lab, [show, tool], rounds);
    const tooled = found.get(tool.name) ?? Number.NaN;
    const added = (found.get(show.name) ?? Number.NaN) - empty - tooled;
    const times = new Map([...found, ['show, without the rules', empty], ['added beyond the tool', added]]);
    const [, , , last = ''] = times.keys();
    print(`\n${SHOWN.toLocaleString('en')} rules of ${name}`);
    // As a ratio to the tool, so that a busy machine slows both.
    kept = report(times, [{ name: last, versus: tool.name, atMost: MOST_ADDED_MS / tooled }]) && kept;
  });
  await inLab(async (lab) => {
    await lab.ok([...load], { input: rules(WALKED) });
    const input = await lab.ok([...save]);
    const runs: { readMs: number; walksMs: readonly number[] }[] = [];
    for (let round = 0; round < rounds; round += 1)
      runs.push(JSON.parse(await lab.ok([node, `${checkout}/bench/walk-rules.ts`, name], { input })));
    const least = (of: (run: (typeof runs)[number]) => number | undefined) =>
      Math.min(...runs.map((run) => of(run) ?? Number.NaN));
    const first = least(({ walksMs }) => walksMs[0]);
    print(`\n${WALKED.toLocaleString('en')} rules of ${name}, least CPU of ${rounds} processes`);
    print(`read ${least(({ readMs }) => readMs).toFixed(1)} ms, first walk ${first.toFixed(1)} ms`);
    print(`second walk ${least(({ walksMs }) => walksMs[1]).toFixed(1)} ms`);
    print(`first walk at most ${MOST_WALK_MS} ms: ${first <= MOST_WALK_MS ? 'kept' : 'NOT KEPT'}`);
    kept = first <= MOST_WALK_MS && kept;
    const { stderr } = await lab.run(['/usr/bin/time', '-v', ...show.argv]);
    print(`show host firewall takes ${peakMiB(stderr)} MiB at its peak`);
  });
}
process.exitCode = kept ? 0 : 1;
