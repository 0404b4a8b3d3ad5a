/**
 * Reads a hostile text as the program would, evaluates whatever rules it holds, and complains where something was lost on
 * the way or is not safe to print.
 */
import { readIpsets } from '../../../probes/ipset/read.ts';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import { splitLines, splitWords } from '../../../probes/iptables/words.ts';
import { parseListing } from '../../../probes/nft/parse-listing.ts';
import { parseTable } from '../../../probes/nft/parse-table.ts';
import { parseTexts } from '../../../probes/nft/parse-texts.ts';
import { wordsOfRules } from '../../../probes/nft/words/rules.ts';
import { cleanName, cleanText } from '../../../src/model/clean-text.ts';
import type { Rule, Ruleset } from '../../../src/model/firewall.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { NftTable } from '../../../src/model/nftables.ts';
import { UserError } from '../../../src/model/user-error.ts';
import { evaluateHook } from '../../../src/path/netfilter/evaluate-hook.ts';
import { firewallOf, type HookFamily } from '../../../src/path/netfilter/firewall.ts';
import type { HookName } from '../../../src/path/netfilter/program.ts';
import { surroundingsOf } from '../../../src/path/netfilter/surroundings-of.ts';
import { parseSnapshot } from '../../../src/view/json/parse-snapshot.ts';
import { packet } from '../iptables-rules.ts';
import { namespace, snapshot } from '../made-up.ts';
import { memoryFiles } from '../memory-files.ts';
import { done } from '../netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../scripted-system.ts';
import type { Specimen } from './corpus.ts';

const FW = { family: 'inet', name: 'fw', flags: [], devices: new Map() } as const;

/** Throws where the program would crash, and an error that says what was lost or is unsafe. */
export function readHostile({ kind, text }: Specimen): void {
  switch (kind) {
    case 'iptables': {
      const ruleset = parseSave(text, { family: 'ipv4', flavour: 'nft' });
      checkSafe(ruleset);
      checkSaved(text, ruleset);
      evaluate(namespace({ kind: 'host', rulesets: [ruleset] }));
      break;
    }
    case 'nft': {
      const table = parseTable(text, '', FW);
      checkSafe(table);
      checkTable(text, table);
      checkSafe([...(wordsOfRules(parseListing(text).items)?.values() ?? [])]);
      evaluate(namespace({ kind: 'host', nftables: [table] }));
      break;
    }
    case 'words':
      checkSafe([...parseTexts(text).values()]);
      break;
    case 'snapshot':
      readSnapshot(text);
      break;
    case 'ipset':
      readSets(Buffer.from(text, 'latin1'));
      break;
  }
}

function readSnapshot(text: string): void {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    // Where the file is read, this is told to the user.
    return;
  }
  try {
    const read = parseSnapshot(document, 'file');
    for (const one of read.namespaces) evaluate(one);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function readSets(bytes: Uint8Array): void {
  const handle = scriptedHandle('1', { openNetlink: () => scriptedSocket([bytes, done()]) });
  const { facts } = readIpsets({ files: memoryFiles({ directories: ['/sys/module/ip_set'] }) }, handle);
  checkSafe(facts.ipsets);
  const asked = (facts.ipsets ?? []).map(({ name }) => `-A INPUT -m set --match-set ${name} src,dst -j DROP`);
  const save = ['*filter', ':INPUT ACCEPT [0:0]', ...asked, 'COMMIT'].join('\n');
  const rulesets = [parseSave(save, { family: 'ipv4', flavour: 'nft' })];
  evaluate(namespace({ kind: 'host', rulesets, ...(facts.ipsets ? { ipsets: facts.ipsets } : {}) }));
}

const HOOKS: readonly HookName[] = [
  'prerouting',
  'input',
  'forward',
  'output',
  'postrouting',
  'ingress',
  'egress',
];
const FAMILIES: readonly HookFamily[] = ['ip', 'ip6', 'bridge', 'netdev'];
const PACKETS = [
  packet({ sourcePort: 'ephemeral', inLink: 'eth0', outLink: 'docker0' }),
  packet({ protocol: 1, icmpType: 8, icmpCode: 0, mark: 'unknown' }),
  packet({ family: 'ipv6', protocol: 17, source: 'fd00::1', destination: 'fd00::2', destinationPort: 53 }),
];

/** Every hook that has a chain, for a few packets that know much or little. */
function evaluate(one: Namespace): void {
  const firewall = firewallOf(snapshot({ namespaces: [one] }), one);
  const around = surroundingsOf(one);
  for (const hook of HOOKS)
    for (const family of FAMILIES) {
      if (!firewall.bases.some((base) => base.hook === hook)) continue;
      for (const asked of PACKETS) {
        const request = { firewall, family, hook, packet: asked, around, device: 'eth0', own: '10.0.0.2' };
        const { verdict, unknown } = evaluateHook(request);
        if (verdict === 'unknown' && unknown.length === 0)
          throw new Error(`${hook} is unknown without a reason`);
      }
    }
}

/** Every line is kept as what it is, or as it stands. */
function checkSaved(text: string, { tables, unparsed }: Ruleset): void {
  const lines = splitLines(text);
  if (lines.join('\n') !== text) throw new Error('the lines are not the text');
  const meant = lines.filter((line) => line !== '' && !line.startsWith('#') && line !== 'COMMIT').length;
  const chains = tables.flatMap((table) => table.chains);
  const rules = chains.flatMap((chain) => chain.rules);
  if (tables.length + chains.length + rules.length + unparsed.length < meant)
    throw new Error('a line is lost');
  for (const rule of rules) checkWords(rule);
}

const SYNTAX: ReadonlySet<string> = new Set([
  '-A',
  '-j',
  '-g',
  '-m',
  '-s',
  '-d',
  '-i',
  '-o',
  '-p',
  '-f',
  '!',
]);

/** Every word is in the rule's conditions, its target or the target's options. */
function checkWords({ text, matches, targetOptions, target = '' }: Rule): void {
  // Where something was made safe to print, the words are no longer those that were read.
  if (/\\[xu]/.test(text)) return;
  const kept = new Set([target]);
  for (const { module = '', option, values } of [...matches, ...targetOptions])
    for (const word of [module, option, ...values]) kept.add(word);
  for (const { text: word } of splitWords(text).slice(2)) {
    const forms = [word, word.replace(/^--(?=.)/, '')].flatMap((one) => [cleanText(one), cleanName(one)]);
    if (!SYNTAX.has(word) && !forms.some((form) => kept.has(form)))
      throw new Error(`the word '${word}' is lost of: ${text}`);
  }
}

/** Every item of the document is in the table, and every part of a rule in its statements. */
function checkTable(text: string, table: NftTable): void {
  const { chains, sets, objects, flowtables, unparsed } = table;
  const rules = chains.flatMap((chain) => chain.rules);
  const kept = [chains, sets, objects, flowtables, unparsed, rules].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  let items: readonly Readonly<Record<string, unknown>>[];
  try {
    items = JSON.parse(text).nftables.filter(
      (item: object | null) =>
        !(item && Object.keys(item).some((key) => key === 'metainfo' || key === 'table')),
    );
  } catch {
    if (unparsed.length === 0) throw new Error('what is no document is lost');
    return;
  }
  if (kept < items.length) throw new Error(`${items.length} items, ${kept} kept`);
}

/** No text moves the cursor or hides. */
function checkSafe(value: unknown): void {
  if (typeof value === 'string') {
    if (cleanText(value) !== value) throw new Error(`not safe to print: ${JSON.stringify(value)}`);
  } else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) checkSafe(part);
}
