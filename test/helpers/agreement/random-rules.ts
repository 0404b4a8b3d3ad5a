/** A random ruleset: one to four tables of any world, in the order they are loaded. */
import { Random } from './random.ts';
import { randomIptables } from './random-iptables.ts';
import { randomNft } from './random-nft.ts';
import type { RandomRules, RandomTable } from './rules.ts';

/** Rulesets of 100 in which rates, chance and the like may occur; in all others nothing may stay unknown. */
const UNCERTAIN_PERCENT = 15;

export function randomRules(seed: number): RandomRules {
  const random = new Random(seed);
  const uncertain = random.chance(UNCERTAIN_PERCENT);
  const tables = random.times(
    1 + random.below(4),
    (index): RandomTable =>
      random.weighted<RandomTable>([
        [3, () => iptables(random, 'iptables-nft', uncertain)],
        [3, () => iptables(random, 'iptables-legacy', uncertain)],
        [5, () => randomNft(random, `t${index}`, uncertain)],
      ]),
  );
  // The same table of iptables twice would be the second one alone.
  return tables.filter(
    ({ dialect, family, name }, index) =>
      tables.findIndex(
        (other) => other.dialect === dialect && other.family === family && other.name === name,
      ) === index,
  );
}

function iptables(
  random: Random,
  dialect: 'iptables-nft' | 'iptables-legacy',
  uncertain: boolean,
): RandomTable {
  const name = random.pick(['filter', 'filter', 'nat', 'nat', 'mangle', 'raw']);
  return randomIptables(random, dialect, random.pick(['ipv4', 'ipv4', 'ipv6'] as const), name, uncertain);
}
