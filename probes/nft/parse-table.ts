/**
 * One table of nftables from what `nft` prints of it: the JSON for the meaning, and the words of its rules. nft 1.0.6 leaves
 * a table's flags and a chain's links out of the JSON, or prints others' in their place: these come from the kernel.
 */
import type { Counters } from '../../src/model/firewall.ts';
import type {
  NftBase,
  NftChain,
  NftFlowtable,
  NftObject,
  NftRule,
  NftSet,
  NftTable,
} from '../../src/model/nftables.ts';
import { asList, asNumber, asRecord, asText } from '../json-values.ts';
import { wordsOf } from './parse-expression.ts';
import { type Listing, parseListing } from './parse-listing.ts';
import { parseSet } from './parse-set.ts';
import { parseStatements } from './parse-statement.ts';
import { parseTexts } from './parse-texts.ts';
import { onlyMember, verbatimText } from './verbatim.ts';

/** What the kernel says of a table itself. */
export type KernelTable = Pick<NftTable, 'family' | 'name' | 'flags'> & {
  /** The links of its chains at ingress and egress, by the chain's name. */
  readonly devices: ReadonlyMap<string, readonly string[]>;
};

const TYPES = ['filter', 'nat', 'route'] as const;
const HOOKS = ['ingress', 'egress', 'prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
const OBJECTS: ReadonlySet<string> = new Set([
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
  'tunnel',
]);

type Open = {
  readonly chains: Map<string, NftChain & { readonly rules: NftRule[] }>;
  readonly sets: NftSet[];
  readonly objects: NftObject[];
  readonly flowtables: NftFlowtable[];
  readonly unparsed: string[];
  handle: number;
};

/** The table from both prints of it; never throws. */
export function parseTable(json: string, words: string, table: KernelTable): NftTable {
  return tableOf(parseListing(json), parseTexts(words), table);
}

/** The table; never throws. `texts` are its rules' words by handle. What is not understood is in `unparsed`. */
export function tableOf(
  { items, unparsed }: Listing,
  texts: ReadonlyMap<number, string>,
  table: KernelTable,
): NftTable {
  const open: Open = {
    chains: new Map(),
    sets: [],
    objects: [],
    flowtables: [],
    unparsed: [...unparsed],
    handle: 0,
  };
  for (const item of items) addItem(open, item, table, texts);
  const { chains, ...rest } = open;
  return {
    family: table.family,
    name: table.name,
    flags: table.flags,
    chains: [...chains.values()],
    ...rest,
  };
}

function addItem(open: Open, item: unknown, table: KernelTable, texts: ReadonlyMap<number, string>): void {
  const [kind = '', inside] = onlyMember(item) ?? [];
  const fields = asRecord(inside);
  if (kind === 'metainfo') return;
  if (kind === 'table') open.handle = asNumber(fields.handle);
  else if (kind === 'chain') addChain(open, fields, table);
  else if (kind === 'rule') addRule(open, fields, texts);
  else if (kind === 'set' || kind === 'map') open.sets.push(parseSet(kind, inside));
  else if (OBJECTS.has(kind)) open.objects.push(parseObject(kind, fields));
  else if (kind === 'flowtable')
    open.flowtables.push({
      name: asText(fields.name),
      priority: asNumber(fields.prio),
      devices: wordsOf(fields.dev),
    });
  else open.unparsed.push(verbatimText(item));
}

function addChain(
  { chains, unparsed }: Open,
  fields: Readonly<Record<string, unknown>>,
  { devices }: KernelTable,
): void {
  const name = asText(fields.name);
  // Only a file could say so: what stands in the first must not be lost.
  if (chains.has(name)) {
    unparsed.push(verbatimText({ chain: fields }));
    return;
  }
  const base = 'hook' in fields ? parseBase(fields, devices.get(name)) : undefined;
  if ('hook' in fields && !base) unparsed.push(verbatimText({ chain: fields }));
  chains.set(name, { name, handle: asNumber(fields.handle), ...(base ? { base } : {}), rules: [] });
}

function parseBase(
  { type, hook, prio, policy, dev }: Readonly<Record<string, unknown>>,
  devices: readonly string[] | undefined,
): NftBase | undefined {
  const knownType = TYPES.find((one) => one === type);
  const knownHook = HOOKS.find((one) => one === hook);
  if (!knownType || !knownHook || typeof prio !== 'number') return undefined;
  if (policy !== undefined && policy !== 'accept' && policy !== 'drop') return undefined;
  return {
    type: knownType,
    hook: knownHook,
    priority: prio,
    policy: policy ?? 'accept',
    devices: devices ?? wordsOf(dev),
  };
}

function addRule(
  { chains, unparsed }: Open,
  fields: Readonly<Record<string, unknown>>,
  texts: ReadonlyMap<number, string>,
): void {
  const chain = chains.get(asText(fields.chain));
  if (!chain) {
    unparsed.push(verbatimText({ rule: fields }));
    return;
  }
  const handle = asNumber(fields.handle);
  const counters = asList(fields.expr).map(countersOf).find(Boolean);
  const comment = asText(fields.comment);
  chain.rules.push({
    number: chain.rules.length + 1,
    handle,
    text: texts.get(handle) ?? verbatimText(fields.expr),
    ...(comment === '' ? {} : { comment }),
    ...(counters ? { counters } : {}),
    statements: parseStatements(fields.expr),
  });
}

/** Of an anonymous counter; a named one is the table's. */
function countersOf(statement: unknown): Counters | undefined {
  const [name, inside] = onlyMember(statement) ?? [];
  if (name !== 'counter' || typeof inside !== 'object' || inside === null) return undefined;
  const { packets, bytes } = asRecord(inside);
  return typeof packets === 'number' ? { packets: asNumber(packets), bytes: asNumber(bytes) } : undefined;
}

function parseObject(kind: string, fields: Readonly<Record<string, unknown>>): NftObject {
  const counters = countersOf({ [kind]: fields });
  return { kind, name: asText(fields.name), ...(counters ? { counters } : {}) };
}
