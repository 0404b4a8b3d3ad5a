/**
 * Real engines with one network of each kind: the rules that they make, and what netpeek says of some thousand connections
 * against what becomes of them. The rules are in test/golden; after a change that is meant, `UPDATE_GOLDEN=1 npx vitest run
 * --project docker test/docker/path.test.ts` writes them anew.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSnapshot } from '../../src/commands/saved-snapshot.ts';
import type { PathAnswer } from '../../src/model/diagnosis.ts';
import type { Ruleset } from '../../src/model/firewall.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { Outcome } from '../helpers/engines/actor.ts';
import { attemptAll, populate, type Tried } from '../helpers/engines/attempts.ts';
import { buildEngine, type Engine } from '../helpers/engines/build.ts';
import {
  type Claim,
  causesFrom,
  claimFrom,
  claimOf,
  contradiction,
  formatFlow,
} from '../helpers/engines/claims.ts';
import { ASKED_LIVE, formatDestination, UNFORESEEABLE } from '../helpers/engines/flows.ts';
import { dumpRules, goldenRules, normaliseRules } from '../helpers/engines/rules.ts';

describe.each(['20.10', '28'] as const)('Docker %s', (version) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await buildEngine(version);
  });
  afterAll(() => engine.dispose());

  test('makes the rules that it is known to make, and netpeek reads each of them', async () => {
    const { lab, networks } = engine;
    const found = await dumpRules(engine);
    expect(found).toBe(goldenRules(version, found));
    const { firewall } = await lab.netpeekJson<{ firewall: readonly Ruleset[] }>([
      'show',
      'host',
      'firewall',
    ]);
    const read = firewall.flatMap(({ tables }) =>
      tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules.map(({ text }) => text))),
    );
    expect(firewall.flatMap(({ unparsed }) => unparsed)).toEqual([]);
    expect(read.map((text) => normaliseRules(text, networks)).sort()).toEqual(
      found
        .split('\n')
        .filter((line) => line.startsWith('-A '))
        .sort(),
    );
  });

  describe('with rules by hand and servers everywhere', () => {
    let tried: readonly Tried[];
    let snapshot: Snapshot;
    beforeAll(async () => {
      await populate(engine);
      tried = await attemptAll(engine);
      const file = `${engine.lab.directory}/snapshot.json`;
      await engine.lab.netpeek(['snapshot', '-o', file]);
      snapshot = await openSnapshot(file);
    });

    test('connects whom netpeek says it connects, at the addresses it says, and nobody else', () => {
      const claims = tried.map(({ flow, outcome }) => ({
        words: formatFlow(flow),
        outcome,
        claim: claimFrom(snapshot, flow),
      }));
      expect(wrongAmong(claims)).toEqual([]);
      const open = claims.flatMap(({ words, claim }) => (claim.verdict === 'undecided' ? [words] : []));
      expect(open.filter((words) => !UNFORESEEABLE[version].test(words))).toEqual([]);
      const working = tried.filter(({ outcome }) => outcome.worked).length;
      process.stdout.write(
        `Docker ${version}: ${tried.length} connections, ${working} of them work, ${open.length} undecided:\n${open.join('\n')}\n`,
      );
      // A test in which nothing works agrees with whoever says so.
      expect(working).toBeGreaterThan(400);
    });

    test('says the same when the kernel is asked for the routes', async () => {
      const answers = await Promise.all(
        ASKED_LIVE.map(async (flow) => {
          const asked = [flow.from, formatDestination(flow), '--proto', flow.proto];
          const answer = await engine.lab.netpeekJson<PathAnswer>(['path', ...asked]);
          const words = formatFlow(flow);
          const found = tried.find((one) => formatFlow(one.flow) === words);
          if (!found) throw new Error(`not tried: ${words}`);
          return { words, outcome: found.outcome, claim: claimOf(answer) };
        }),
      );
      expect(wrongAmong(answers)).toEqual([]);
      expect(answers.filter(({ claim }) => claim.verdict === 'undecided')).toEqual([]);
    });

    test('has no cause to name for what works', () => {
      const blamed = tried.flatMap(({ flow, outcome }) => {
        const causes = outcome.worked ? causesFrom(snapshot, flow) : [];
        return causes.length === 0 ? [] : [`${formatFlow(flow)}: ${causes.join(', ')}`];
      });
      expect(blamed).toEqual([]);
    });
  });
});

function wrongAmong(
  claims: readonly { readonly words: string; readonly claim: Claim; readonly outcome: Outcome }[],
): readonly string[] {
  return claims.flatMap(({ words, claim, outcome }) => {
    const what = contradiction(claim, outcome);
    return what === undefined ? [] : [`${words}: ${what}`];
  });
}
