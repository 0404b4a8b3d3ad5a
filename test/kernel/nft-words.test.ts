/** The words of rules that are made from nft's JSON, rule by rule against those that nft itself lists. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nftRules } from '../../bench/rule-samples.ts';
import { asRecord } from '../../probes/json-values.ts';
import { parseListing } from '../../probes/nft/parse-listing.ts';
import { parseTexts } from '../../probes/nft/parse-texts.ts';
import { ruleWords, wordsOfRules } from '../../probes/nft/words/rules.ts';
import { Random } from '../helpers/agreement/random.ts';
import { randomNft } from '../helpers/agreement/random-nft.ts';
import { loadings } from '../helpers/agreement/rules.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node, program } from '../helpers/paths.ts';

const fixture = (name: string) => readFileSync(`${checkout}/test/fixtures/nft/${name}`, 'utf8');
/** Other ones than the differential test's, which begins at 1. */
const SEEDS = Array.from({ length: 150 }, (_, index) => 40_000 + index);

/** What is loaded, and which part of its rules must at least be known: all of them is one run of nft saved. */
const CORPORA: readonly (readonly [name: string, input: string, knownPercent: number])[] = [
  ['rules of every kind that is evaluated', fixture('everything.nft'), 75],
  ['odd values', fixture('odd-rules.nft'), 75],
  ['Docker’s', fixture('docker-bridges.nft'), 100],
  ['a zone-based firewall’s', fixture('firewalld.nft'), 100],
  ['5,000 of varied conditions', nftRules(5_000), 100],
  [
    'random ones',
    SEEDS.map((seed) => loadings([randomNft(new Random(seed), `t${seed}`, seed % 4 === 0)])[0]?.input).join(
      '',
    ),
    90,
  ],
];

describe('the words of rules', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(() => lab.dispose());

  test.each(CORPORA)('are nft’s own: %s', async (name, input, knownPercent) => {
    const host = await lab.host(`h${CORPORA.findIndex(([other]) => other === name)}`);
    await host.ok(`
      for pair in v5:77 lan0:lan1 wan0:wan1; do
        ip link add "\${pair%:*}" type veth peer name "\${pair#*:}"
      done`);
    await host.ok(['nft', '-f', '/dev/stdin'], { input });
    const claims: string[] = [];
    const truths: string[] = [];
    let count = 0;
    for (const line of (await host.ok(['nft', 'list', 'tables'])).trim().split('\n')) {
      const table = line.replace('table ', '').split(' ');
      const truth = parseTexts(await host.ok(['nft', '-s', '-a', '-t', 'list', 'table', ...table]));
      const { items } = parseListing(await host.ok(['nft', '-j', 'list', 'table', ...table]));
      const rules = items.map((item) => asRecord(asRecord(item).rule)).filter((rule) => 'expr' in rule);
      const known = rules.flatMap(({ family, handle, expr, comment }) => {
        const words = ruleWords(expr, comment, String(family));
        return words === undefined ? [] : [[Number(handle), words] as const];
      });
      claims.push(...known.map(([handle, words]) => `${line} ${handle}: ${words}`));
      truths.push(...known.map(([handle]) => `${line} ${handle}: ${truth.get(handle)}`));
      expect(truth.size).toBe(rules.length);
      expect(wordsOfRules(items)?.size).toBe(known.length === rules.length ? rules.length : undefined);
      count += rules.length;
    }
    expect(claims).toEqual(truths);
    expect(claims.length).toBeGreaterThan(0);
    expect((claims.length * 100) / count).toBeGreaterThanOrEqual(knownPercent);
  });

  test('are asked of nft only for a table that has others, and then are nft’s', async () => {
    await lab.ok(`
      mkdir -p /run/noted
      printf '#!/bin/sh\\necho "$@" >>/run/noted/runs\\nexec %s "$@"\\n' "$(command -v nft)" >/run/noted/nft
      chmod +x /run/noted/nft`);
    await lab.ok(['nft', '-f', '/dev/stdin'], { input: fixture('docker-bridges.nft') });
    await lab.ok(`
      nft add table inet other
      nft add chain inet other c
      nft add rule inet other c tcp dport 22 accept
      nft add rule inet other c ct expiration 1m accept`);
    const path = `PATH=/run/noted:${process.env.PATH}`;
    const { stdout } = await lab.run(['env', path, node, program, 'show', 'host', 'firewall', '--json']);
    expect((await lab.ok(['cat', '/run/noted/runs'])).trim().split('\n').sort()).toEqual([
      '-j list table inet other',
      '-j list table ip docker-bridges',
      '-s -a -t list table inet other',
    ]);
    expect(stdout).toContain('ct expiration 1m accept');
    expect(stdout).toContain('fib daddr type local counter jump nat-prerouting-and-output');
  });
});
