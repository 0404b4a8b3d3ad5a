/** Sets and maps, anonymous and named: which elements a packet's values find (net/netfilter/nft_lookup.c). */
import type { NftElement, NftExpression, NftSet } from '../../../model/nftables.ts';
import type { Ternary } from '../../ternary.ts';
import { both } from '../conditions/logic.ts';
import { constantTest, onlyValue } from './constant-test.ts';
import type { Datatype } from './datatype.ts';
import { type Reading, readingText, type Value, type ValueTest } from './reading.ts';
import type { TableContext } from './subject.ts';

export type Found = {
  /** The values of all elements that may be found: of one alone, where it is known which. */
  readonly values: readonly NftElement['value'][];
  /** Whether nothing may be found. */
  readonly mayMiss: boolean;
};

export type Lookup = {
  readonly has: (readings: readonly Reading[]) => Ternary;
  readonly find: (readings: readonly Reading[]) => Found;
};

type Entry = { readonly tests: readonly ValueTest[]; readonly value: NftElement['value'] };

/** Beyond this many values, a number that nobody can foresee is not tried one by one. */
const MOST_TRIED = 256n;

/** Elements beyond which answers are kept: thousands of rules may ask a set of thousands of ranges about one packet. */
const LARGE = 256;
/** Elements that may be meant, beyond which what they hold is not told: each might lead the packet elsewhere. */
const MOST_CANDIDATES = 256;
/** Answers that are kept of one set. */
const MOST_KEPT = 64;

const UNKNOWABLE: Lookup = { has: () => 'unknown', find: () => ({ values: [undefined], mayMiss: true }) };

/** Of `{ … }` or `@name`; everything is unknown of what is neither, and of a set that was not read. */
export function compileLookup(
  expression: NftExpression,
  datatypes: readonly Datatype[],
  context: TableContext,
): Lookup {
  if (expression.kind === 'set') return new ElementLookup(expression.elements, datatypes);
  const set = expression.kind === 'set-name' ? context.sets.get(expression.name) : undefined;
  if (!set) return UNKNOWABLE;
  const inside = lookupIn(set, datatypes);
  const mayMissIt = set.metered === true || context.emptiedSets.has(set.name);
  const mayHaveMore = set.total !== undefined || context.filledSets.has(set.name);
  if (!mayMissIt && !mayHaveMore) return inside;
  return {
    has: (readings) => {
      const has = inside.has(readings);
      return (has === 'yes' && mayMissIt) || (has === 'no' && mayHaveMore) ? 'unknown' : has;
    },
    find: (readings) => {
      const found = inside.find(readings);
      if (found.mayMiss && mayHaveMore) return { values: [...found.values, undefined], mayMiss: true };
      return mayMissIt ? { ...found, mayMiss: true } : found;
    },
  };
}

/** What a set was asked with, and the set ready to be asked so: rules without number may ask the same one. */
const known = new WeakMap<NftSet, { readonly datatypes: readonly Datatype[]; readonly lookup: Lookup }>();

function lookupIn(set: NftSet, datatypes: readonly Datatype[]): Lookup {
  const before = known.get(set);
  const isSame = before?.datatypes.every((one, index) => one === datatypes[index]);
  if (before && isSame && before.datatypes.length === datatypes.length) return before.lookup;
  const lookup = new ElementLookup(set.elements, datatypes);
  known.set(set, { datatypes, lookup });
  return lookup;
}

class ElementLookup implements Lookup {
  /** By the values of all parts, where each is one alone. */
  readonly #exact = new Map<string, NftElement['value'][]>();
  readonly #others: Entry[] = [];
  readonly #all: Entry[] = [];
  /** `*`: what is found where nothing else is. */
  readonly #rest: NftElement | undefined;
  readonly #datatypes: readonly Datatype[];
  /** Of a large set: what was found in it, by the readings that were looked for. */
  readonly #found = new Map<string, Found>();

  constructor(elements: readonly NftElement[], datatypes: readonly Datatype[]) {
    this.#datatypes = datatypes;
    this.#rest = elements.find(({ key }) => isRest(key));
    for (const element of elements) if (element !== this.#rest) this.#add(element);
  }

  #add({ key, value }: NftElement): void {
    const parts = key.kind === 'concat' ? key.parts : [key];
    const isWhole = parts.length === this.#datatypes.length;
    const tests = this.#datatypes.map((datatype, index): ValueTest => {
      const part = parts[index];
      return part && isWhole ? constantTest(part, datatype) : () => 'unknown';
    });
    const entry = { tests, value };
    this.#all.push(entry);
    const values = this.#datatypes.map((datatype, index) => {
      const part = parts[index];
      return part && isWhole ? onlyValue(part, datatype) : undefined;
    });
    const exact = keyOf(values);
    if (exact === undefined) this.#others.push(entry);
    else {
      const same = this.#exact.get(exact);
      if (same) same.push(value);
      else this.#exact.set(exact, [value]);
    }
  }

  has(readings: readonly Reading[]): Ternary {
    const { values, mayMiss } = this.find(readings);
    if (values.length === 0) return 'no';
    return mayMiss ? 'unknown' : 'yes';
  }

  find(readings: readonly Reading[]): Found {
    const { values, mayMiss } = this.#isLarge() ? this.#findAgain(readings) : this.#findListed(readings);
    if (!mayMiss || !this.#rest) return { values, mayMiss };
    return { values: [...values, this.#rest.value], mayMiss: false };
  }

  #isLarge(): boolean {
    return this.#all.length > LARGE;
  }

  /** What the same readings have found before. */
  #findAgain(readings: readonly Reading[]): Found {
    const key = readings.map(readingText).join();
    const before = this.#found.get(key);
    if (before) return before;
    const found = this.#findListed(readings);
    if (this.#found.size >= MOST_KEPT) this.#found.clear();
    this.#found.set(key, found);
    return found;
  }

  #findListed(readings: readonly Reading[]): Found {
    const exact = keyOf(readings.map((reading) => (reading.kind === 'known' ? reading.value : undefined)));
    const hits = exact === undefined ? undefined : this.#exact.get(exact);
    if (hits) return { values: hits, mayMiss: false };
    const candidates: NftElement['value'][] = [];
    for (const { tests, value } of exact === undefined ? this.#all : this.#others) {
      const holds = matches(tests, readings);
      if (holds === 'yes') return { values: [value], mayMiss: false };
      if (holds === 'unknown') candidates.push(value);
    }
    const values = candidates.length > MOST_CANDIDATES ? [undefined] : candidates;
    return { values, mayMiss: !this.#coversAll(readings) };
  }

  /** Whether there is an element for each number that it may be. */
  #coversAll([reading, ...more]: readonly Reading[]): boolean {
    if (reading?.kind !== 'span' || more.length > 0 || reading.high - reading.low >= MOST_TRIED) return false;
    for (let value = reading.low; value <= reading.high; value += 1n) {
      const one: readonly Reading[] = [{ kind: 'known', value }];
      if (!this.#all.some(({ tests }) => matches(tests, one) === 'yes')) return false;
    }
    return true;
  }
}

function matches(tests: readonly ValueTest[], readings: readonly Reading[]): Ternary {
  let result: Ternary = 'yes';
  for (const [index, test] of tests.entries()) {
    const reading = readings[index];
    result = both(result, reading ? test(reading) : 'unknown');
    if (result === 'no') return result;
  }
  return result;
}

function isRest(key: NftExpression): boolean {
  return key.kind === 'value' && key.value === '*';
}

/** One text for the values of all parts; undefined where one is not known. */
function keyOf(values: readonly (Value | undefined)[]): string | undefined {
  let key = '';
  for (const value of values) {
    if (value === undefined) return undefined;
    key += typeof value === 'bigint' ? `#${value}\n` : `${value}\n`;
  }
  return key;
}
