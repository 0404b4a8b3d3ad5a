/**
 * Many random rulesets and packets, told by the model and by the kernel: `node bench/agree.ts [--pairs 50000] [--seed 1]
 * [--most 10] [--write]`, as root. `--write` puts the result into docs/agreement.md. A seed that shows a contradiction
 * shows it again alone: `--seed N --pairs 1`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { parseArgs } from 'node:util';
import { realSystem } from '../src/system/real.ts';
import { type Agreement, seekAgreement } from '../test/helpers/agreement/agree.ts';
import { buildTown } from '../test/helpers/agreement/town.ts';
import { createLab } from '../test/helpers/lab.ts';
import { checkout } from '../test/helpers/paths.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    most: { type: 'string', default: '10' },
    conversations: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
});
const AGREEMENT = `${checkout}/docs/agreement.md`;
/** Rulesets between two lines of progress. */
const PROGRESS_STEP = 100;

const system = realSystem();
const lab = await createLab();
const started = performance.now();
/** Contradictions, as they are found. */
let printed = 0;
try {
  const town = await buildTown(lab, system);
  const agreement = await seekAgreement({
    system,
    town,
    seed: Number(values.seed),
    pairs: Number(values.pairs),
    conversations: Number(values.conversations),
    most: Number(values.most),
    progress: ({ rulesets, pairs, contradictions }) => {
      for (const { text } of contradictions.slice(printed)) process.stdout.write(`\n${text}\n`);
      printed = contradictions.length;
      if (rulesets % PROGRESS_STEP === 0)
        process.stdout.write(
          `${pairs} pairs, ${rulesets} rulesets, ${contradictions.length} contradictions\n`,
        );
    },
  });
  for (const { text } of agreement.contradictions.slice(printed)) process.stdout.write(`\n${text}\n`);
  const page = describe(agreement, Math.round((performance.now() - started) / 1000));
  process.stdout.write(page);
  if (values.write) writeFileSync(AGREEMENT, `${page}${damagedInput()}`);
  process.exitCode = agreement.contradictions.length > 0 ? 1 : 0;
  town.close();
} finally {
  await lab.dispose();
}

function describe({ rulesets, pairs, ends, met, contradictions }: Agreement, seconds: number): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `| ${name} | ${count.toLocaleString('en')} |`)
      .join('\n');
  return `# Agreement with the kernel

Random rulesets, in iptables of both flavours and in nftables itself, several at once, were loaded into a router in a
namespace of its own. Random packets were really sent through it, to it and from it, together with the answers to those
that arrived, and what came out was held against what netpeek says of the same packet: whether it arrives, where, with
which addresses, ports, TTL and DSCP, or with what it is rejected. For the rules of nf_tables, iptables-nft's among them,
each rule that the kernel traced was held against the rules that netpeek says the packet meets.

\`bench/agree.ts\` does this again (\`node bench/agree.ts --pairs ${values.pairs} --seed ${values.seed} --write\`, as root), and
\`test/kernel/rules-differential.test.ts\` a smaller part of it with every run of the tests.

- Linux ${release()}, ${new Date().toISOString().slice(0, 10)}, seed ${values.seed}, ${seconds} seconds
- ${rulesets.toLocaleString('en')} rulesets, ${pairs.toLocaleString('en')} pairs of ruleset and packet
- **${contradictions.length} contradictions**

netpeek may say that it does not know only of rulesets with rates, chance, quotas, routes asked by \`fib\` at INPUT, several
inequalities in one rule and the like; of chains at one place whose order nobody has written down; and of what an ICMP
error's connection has seen before. 'beyond' are packets that the router masquerades on their way to itself.

| How it ended, as netpeek says | Packets |
|---|---|
${list(ends)}

| Rules met, by world | Times |
|---|---|
${list(met)}
`;
}

/** The part of the page that scripts/fuzz.ts is the source of, as it stands. */
function damagedInput(): string {
  const page = existsSync(AGREEMENT) ? readFileSync(AGREEMENT, 'utf8') : '';
  const at = page.indexOf('\n## Damaged input');
  return at < 0 ? '' : page.slice(at);
}
