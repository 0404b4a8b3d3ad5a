import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hiddenTables, parseSave } from '../../../../probes/iptables/parse-save.ts';
import { splitLines } from '../../../../probes/iptables/words.ts';
import type { Rule, Ruleset } from '../../../../src/model/firewall.ts';

const FIXTURES = new URL('../../../fixtures/iptables/', import.meta.url);
const NFT = { family: 'ipv4', flavour: 'nft' } as const;
const fixture = (name: string) => readFileSync(new URL(name, FIXTURES), 'utf8');
const chain = (ruleset: Ruleset, table: string, name: string) =>
  ruleset.tables.find((entry) => entry.name === table)?.chains.find((entry) => entry.name === name);
const inFilter = (...lines: string[]) =>
  parseSave(['*filter', ':FORWARD ACCEPT [0:0]', ...lines, 'COMMIT'].join('\n'), NFT);
const ruleOf = (line: string): Rule | undefined => chain(inFilter(line), 'filter', 'FORWARD')?.rules[0];
const ruleCount = (ruleset: Ruleset) =>
  ruleset.tables.flatMap(({ chains }) => chains).reduce((sum, { rules }) => sum + rules.length, 0);

describe('what iptables-save prints is read back', () => {
  test.each(readdirSync(FIXTURES))('%s leaves nothing unparsed', (name) => {
    const text = fixture(name);
    const ruleset = parseSave(text, NFT);
    expect(ruleset.unparsed).toEqual([]);
    expect(ruleCount(ruleset)).toBe(text.match(/^\[\d+:\d+\] -A /gm)?.length);
  });

  test("Docker's forward chain has its policy and its rules in order", () => {
    const forward = chain(parseSave(fixture('docker-20.10-nft-ipv4.txt'), NFT), 'filter', 'FORWARD');
    expect(forward?.policy).toBe('DROP');
    expect(forward?.rules[4]).toEqual({
      number: 5,
      matches: [
        { option: 'in-interface', values: ['br-noicc'], negated: false },
        { option: 'out-interface', values: ['br-noicc'], negated: true },
      ],
      target: 'ACCEPT',
      jump: 'jump',
      targetOptions: [],
      counters: { packets: 0, bytes: 0 },
      text: '-A FORWARD -i br-noicc ! -o br-noicc -j ACCEPT',
    });
  });

  test('counters are read, of rules and of policies', () => {
    const text = '*nat\n:POSTROUTING ACCEPT [7:420]\n[12:1234] -A POSTROUTING -j MASQUERADE\nCOMMIT\n';
    const read = chain(parseSave(text, NFT), 'nat', 'POSTROUTING');
    expect(read?.counters).toEqual({ packets: 7, bytes: 420 });
    expect(read?.rules[0]?.counters).toEqual({ packets: 12, bytes: 1234 });
  });

  test('a quoted comment keeps its quotes, backslashes and what looks like an option', () => {
    const rule = ruleOf(String.raw`-A FORWARD -m comment --comment "a \"b\" -j \\ c" -j ACCEPT`);
    expect(rule?.matches).toEqual([
      { option: 'comment', values: [String.raw`a "b" -j \ c`], negated: false, module: 'comment' },
    ]);
    expect(rule?.target).toBe('ACCEPT');
  });

  test.each(['-j', '-i', '-m', '!'])('a comment that is only %s is no option', (word) => {
    const rule = ruleOf(`-A FORWARD -m comment --comment ${word} -j DROP`);
    expect(rule?.matches[0]?.values).toEqual([word]);
    expect(rule?.target).toBe('DROP');
  });

  test('a comment with a line break stays one rule, and its control characters are made visible', () => {
    const ruleset = inFilter('[0:0] -A FORWARD -m comment --comment "x', 'y\u001b[31mred" -j ACCEPT');
    expect(ruleCount(ruleset)).toBe(1);
    expect(chain(ruleset, 'filter', 'FORWARD')?.rules[0]?.text).toBe(
      String.raw`-A FORWARD -m comment --comment "x\x0ay\x1b[31mred" -j ACCEPT`,
    );
  });

  test('a link whose name begins with a quote swallows no further rule', () => {
    const ruleset = inFilter('-A FORWARD -i "b -j ACCEPT', '-A FORWARD -i eth0 -j DROP');
    expect(ruleCount(ruleset)).toBe(2);
  });

  test('links named --help and ! are names', () => {
    const rule = ruleOf('-A FORWARD -i --help ! -o ! -j ACCEPT');
    expect(rule?.matches).toEqual([
      { option: 'in-interface', values: ['--help'], negated: false },
      { option: 'out-interface', values: ['!'], negated: true },
    ]);
  });

  test('a module without an option, an unknown option and stray words are kept as conditions', () => {
    const rule = ruleOf(
      '-A FORWARD -m socket -m odd ! --strange 1 2 -m new [unsupported revision] -j ACCEPT',
    );
    expect(rule?.matches).toEqual([
      { option: 'socket', values: [], negated: false, module: 'socket' },
      { option: 'strange', values: ['1', '2'], negated: true, module: 'odd' },
      { option: '[unsupported', values: [], negated: false, module: 'new' },
      { option: 'revision]', values: [], negated: false, module: 'new' },
    ]);
  });

  test('goto and target options are told from jump and conditions', () => {
    expect(ruleOf('-A FORWARD -g FORWARD')).toMatchObject({ jump: 'goto', target: 'FORWARD' });
    expect(ruleOf('-A FORWARD -j REJECT --reject-with tcp-reset')?.targetOptions).toEqual([
      { option: 'reject-with', values: ['tcp-reset'], negated: false },
    ]);
    expect(ruleOf('-A FORWARD')).not.toHaveProperty('target');
  });
});

describe('what is not understood is kept', () => {
  test('rules without a chain or a table, and nonsense', () => {
    const text = '-A FORWARD -j DROP\n*filter\n:A - [0:0]\n-A B -j DROP\nwhat?\nCOMMIT\n';
    expect(parseSave(text, NFT).unparsed).toEqual(['-A FORWARD -j DROP', '-A B -j DROP', 'what?']);
  });

  test('a chain that is declared twice', () => {
    expect(parseSave('*filter\n:A - [0:0]\n-A A -j DROP\n:A - [0:0]\nCOMMIT\n', NFT)).toMatchObject({
      tables: [{ chains: [{ rules: [{ number: 1 }] }] }],
      unparsed: [':A - [0:0]'],
    });
  });

  test('the tool saying that a table holds more than it can print', () => {
    const line = "# Table `raw' contains incompatible base-chains, use 'nft' tool to list them.";
    expect(hiddenTables(parseSave(`${line}\n*raw\nCOMMIT\n`, NFT))).toMatchObject([{ family: 'ip', line }]);
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    '-A FORWARD',
    '-A',
    ' ',
    '"',
    '\\',
    '!',
    '-j',
    '-m',
    '-i',
    '\n',
    '*filter',
    ':X - [0:0]',
    'x',
    '[1:2]',
  );
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
  );

  test('never throws, and every line that is no comment is accounted for', () => {
    fc.assert(
      fc.property(garbage, (text) => {
        const ruleset = parseSave(`*filter\n:FORWARD ACCEPT [0:0]\n${text}`, NFT);
        const lines = splitLines(text).filter(
          (line) => line !== '' && !line.startsWith('#') && line !== 'COMMIT',
        );
        const chains = ruleset.tables.reduce((sum, table) => sum + table.chains.length, 0);
        const structure = ruleset.tables.length + chains - 2;
        // A COMMIT outside of a table is unparsed, which only adds.
        expect(ruleCount(ruleset) + ruleset.unparsed.length + structure).toBeGreaterThanOrEqual(lines.length);
      }),
      { numRuns: 2000 },
    );
  });

  test('values survive being printed and read', () => {
    const word = fc.string({ minLength: 1, maxLength: 30 });
    const print = (value: string) => `"${value.replace(/["'\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(word, word, (comment, prefix) => {
        const rule = ruleOf(
          `-A FORWARD -m comment --comment ${print(comment)} -j LOG --log-prefix ${print(prefix)}`,
        );
        expect(rule?.matches[0]?.values).toEqual([comment]);
        expect(rule?.targetOptions[0]?.values).toEqual([prefix]);
      }),
    );
  });

  test('many lines with quotes left open are read in time', () => {
    const text = `*filter\n${'-A FORWARD -i "\n'.repeat(20_000)}`;
    expect(parseSave(text, NFT).unparsed).toHaveLength(20_000);
  });
});
