/**
 * How a scan grows with the number of namespaces, how little a question about one of them does, and what 5,000 iptables
 * rules add: `node bench/scale.ts [--rounds 5]`, as root, after `npm run build` (apt install plotnetcfg).
 */
import { parseArgs } from 'node:util';
import { createLab, type Lab } from '../test/helpers/lab.ts';
import { node, program } from '../test/helpers/paths.ts';
import { measureInTurns, report } from './measure.ts';
import { buildNamespaces } from './network.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const scan = { name: 'netpeek', argv: [node, program, 'bench-scan'] };
const plotnetcfg = {
  name: 'plotnetcfg',
  argv: ['unshare', '-p', '-f', '--mount-proc', 'plotnetcfg', '-f', 'json'],
};
const startUp = { name: 'netpeek ls in an empty lab', argv: [node, program, 'ls'] };
/** What a scan of this many namespaces may take, as a part of plotnetcfg's time. */
const LIMITS = [
  { count: 200, atMost: 1 },
  { count: 400, atMost: 0.5 },
];

const nothing = { name: 'node -e 0', argv: [node, '-e', '0'] };
/** One of many namespaces, by its name and by its host link. */
const questions = ['n7', 'v7'].map((word) => ({
  name: `netpeek veth ${word}`,
  argv: [node, program, 'veth', word],
}));
/** Namespaces beside which the questions are asked. */
const ASKED_BESIDE = 400;
/** A short command needs more rounds for the same certainty. */
const questionRounds = rounds * 4;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function inLab<T>(count: number, act: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await createLab();
  try {
    await buildNamespaces(lab, count);
    print(`\n${count} namespaces; netpeek says: ${(await lab.ok(scan.argv)).trim()}`);
    return await act(lab);
  } finally {
    await lab.dispose();
  }
}

/** 5,000 rules in one chain, as a saved ruleset. */
function ruleset(): string {
  const rules = Array.from({ length: 5_000 }, (_, index) => {
    const address = `10.${index >> 12}.${(index >> 4) & 255}.${index & 15}`;
    return `-A FORWARD -s ${address}/32 -p tcp -m tcp --dport ${1024 + index} -j ACCEPT`;
  });
  return ['*filter', ':FORWARD ACCEPT [0:0]', ...rules, 'COMMIT', ''].join('\n');
}

const medians = new Map<number, number>();
let kept = true;
for (const { count, atMost } of LIMITS) {
  await inLab(count, async (lab) => {
    const found = await measureInTurns(lab, [scan, plotnetcfg], rounds);
    medians.set(count, found.get('netpeek') ?? Number.NaN);
    kept = report(found, [{ name: 'netpeek', versus: 'plotnetcfg', atMost }]) && kept;
    if (count !== ASKED_BESIDE) return;
    const asked = await measureInTurns(lab, [nothing, ...questions], questionRounds);
    kept =
      report(
        asked,
        questions.map(({ name }) => ({ name, versus: nothing.name, atMost: 3 })),
      ) && kept;
  });
}

const thousand = await inLab(1_000, (lab) => measureInTurns(lab, [scan], rounds));
const empty = await createLab();
try {
  const start = (await measureInTurns(empty, [startUp], rounds)).get(startUp.name) ?? Number.NaN;
  const growth = new Map([
    ['1,000 namespaces, start-up taken off', (thousand.get('netpeek') ?? Number.NaN) - start],
    ['200 namespaces, start-up taken off', (medians.get(200) ?? Number.NaN) - start],
  ]);
  const [large = '', small = ''] = growth.keys();
  kept = report(growth, [{ name: large, versus: small, atMost: 6 }]) && kept;

  const show = { name: 'show host firewall', argv: [node, program, 'show', 'host', 'firewall', '--json'] };
  const before = (await measureInTurns(empty, [show], rounds)).get(show.name) ?? Number.NaN;
  await empty.ok(['iptables-restore'], { input: ruleset() });
  const after = (await measureInTurns(empty, [show], rounds)).get(show.name) ?? Number.NaN;
  print(
    `\n5,000 rules add ${(after - before).toFixed(0)} ms to 'show host firewall', iptables-save included`,
  );
} finally {
  await empty.dispose();
}
process.exitCode = kept ? 0 : 1;
