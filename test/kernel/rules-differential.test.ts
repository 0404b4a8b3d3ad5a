/**
 * The evaluation of rules held against the kernel: random rulesets of iptables in both flavours and of nftables, several
 * at once, met by packets that are really sent. Where the model is sure, the kernel must have done just that; it may be
 * unsure only of rulesets with rates, chance and the like. NETPEEK_SEED tries other rulesets; `bench/agree.ts` many more.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realSystem } from '../../src/system/real.ts';
import { seekAgreement } from '../helpers/agreement/agree.ts';
import { decodeFrame, encodeFrame } from '../helpers/agreement/frame.ts';
import { Random } from '../helpers/agreement/random.ts';
import { randomOpening } from '../helpers/agreement/random-packets.ts';
import type { RandomRules } from '../helpers/agreement/rules.ts';
import { buildTown, TOWN_LINKS, type Town, type TownLink } from '../helpers/agreement/town.ts';
import { onOneCpu } from '../helpers/agreement/wire.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

/** Packets told by both; the issue asks for 2,000 at least. */
const PAIRS = 3000;
const CONVERSATIONS = 20;
const seed = Number(process.env.NETPEEK_SEED ?? 1);

const system = realSystem();
let lab: Lab;
let town: Town;
beforeAll(async () => {
  lab = await createLab();
  town = await buildTown(lab, system);
});
afterAll(async () => {
  town.close();
  await lab.dispose();
});

describe('the bench itself', () => {
  test('sees every packet that the router lets through before it says that nothing more will come', () => {
    const link = TOWN_LINKS[0] as TownLink;
    const random = new Random(1);
    const seen = onOneCpu(() =>
      random.times(2000, (index) => {
        const { packet } = randomOpening(random, 'ipv4', index + 1);
        const sent = { ...packet, source: '10.1.0.2', destination: '10.3.0.2' };
        town.wires.get(link.name)?.send(encodeFrame(sent, link.far.mac, link.mac));
        // The router says things of its own as well, such as MLD.
        const isSent = ({ link: out, frame }: ReturnType<Town['settle']>[number]) => {
          const decoded = decodeFrame(frame);
          return out === 'wan0' && decoded.kind === 'packet' && decoded.packet.tag === sent.tag;
        };
        return town.settle().filter(isSent).length;
      }),
    );
    expect(seen.filter((count) => count !== 1)).toEqual([]);
  });

  test('tells of a contradiction, with the least rules that show it', async () => {
    // iptables-legacy-save prints nothing for a condition that never holds, so that the rule is read without it.
    const makeRules = (): RandomRules => [
      {
        dialect: 'iptables-legacy',
        family: 'ip',
        name: 'filter',
        declarations: [],
        chains: [
          {
            name: 'FORWARD',
            base: 'ACCEPT',
            rules: [
              { text: '-s 192.0.2.0/24 -j ACCEPT', uncertain: false },
              { text: '! -i + -j DROP', uncertain: false },
            ],
          },
        ],
      },
    ];
    const { contradictions } = await seekAgreement({
      system,
      town,
      seed: 1,
      pairs: 100,
      conversations: 20,
      makeRules,
    });
    expect(contradictions).toHaveLength(1);
    expect(contradictions[0]?.text).toContain('the model stops it at forward, and it came out at');
    expect(contradictions[0]?.text).toContain('-A FORWARD ! -i + -j DROP');
    expect(contradictions[0]?.text).not.toContain('192.0.2.0/24');
  });
});

test(`random rules do to random packets what the model says (seed ${seed})`, async () => {
  const agreement = await seekAgreement({ system, town, seed, pairs: PAIRS, conversations: CONVERSATIONS });
  expect(agreement.contradictions.map(({ text }) => text)).toEqual([]);
  expect(agreement.pairs).toBeGreaterThanOrEqual(PAIRS);
  // All worlds and all ends took part.
  const { ends, met } = agreement;
  for (const world of ['iptables-nft', 'iptables-legacy', 'nft']) expect(met[world]).toBeGreaterThan(100);
  for (const end of ['left', 'delivered', 'dropped', 'rejected']) expect(ends[end]).toBeGreaterThan(20);
  expect(ends.unknown ?? 0).toBeLessThan(agreement.pairs / 10);
});
