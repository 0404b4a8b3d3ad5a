import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { parseArgv } from '../../../src/commands/parse-argv.ts';
import { version } from '../../../src/version.ts';

let said = '';
beforeEach(() => {
  said = '';
  const hear = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(() => void vi.restoreAllMocks());

const parse = (...argv: readonly string[]) => {
  const invocation = parseArgv(argv);
  if (typeof invocation === 'number') throw new Error(`exit code ${invocation}: ${said}`);
  return { ...invocation, command: invocation.command.name };
};

describe('a command line', () => {
  test.each([
    [['ls', 'web', 'db'], 'ls', ['web', 'db']],
    [['show', 'web', 'routes', 'nat'], 'show', ['web', 'routes', 'nat']],
    [['netns', 'attach', 'web'], 'netns attach', ['web']],
    [['lab', 'run', 'bridge-forward'], 'lab run', ['bridge-forward']],
  ])('%j is a command with its arguments', (argv, name, positional) => {
    expect(parse(...argv)).toMatchObject({ command: name, args: { positional } });
  });

  test('has options by their long names', () => {
    expect(parse('capture', 'web', '-c', '5', '-w', 'f.pcapng').args.options).toEqual({
      count: '5',
      write: 'f.pcapng',
    });
  });

  test.each([
    ['before', ['--json', '--docker-host', 'unix:///x', 'ls']],
    ['after', ['ls', '--json', '--docker-host', 'unix:///x']],
  ])('may have the common options %s the command', (_, argv) => {
    expect(parse(...argv).globals).toMatchObject({ json: true, dockerHost: 'unix:///x' });
  });

  test.each(commands.map(({ name }) => name))('can ask for the help of %s', (name) => {
    expect(parseArgv([...name.split(' '), '--help'])).toBe(0);
    expect(said).toContain(`netpeek ${name}`);
  });

  test('can ask for the version', () => {
    expect(parseArgv(['--version'])).toBe(0);
    expect(said).toBe(`${version}\n`);
  });

  test('hides what is not for people from the help', () => {
    expect(parseArgv(['--help'])).toBe(0);
    expect(said).toContain('veth');
    expect(said).not.toContain('lab-inside');
  });
});

describe('a word that is a command’s name as well', () => {
  const chosen = (argv: readonly string[]) => {
    const invocation = parseArgv(argv);
    if (typeof invocation === 'number') throw new Error(said);
    const { command, args, globals } = invocation;
    return [command.name, args.positional, globals.record];
  };

  test.each([
    ['the value of an option', ['--record', 'veth', 'ls'], ['ls', [], 'veth']],
    ['an argument', ['ls', 'veth', 'netns'], ['ls', ['veth', 'netns'], undefined]],
    ['the second word of another', ['lab', 'ls'], ['lab ls', [], undefined]],
  ])('is %s', (_, argv, expected) => {
    expect(chosen(argv)).toEqual(expected);
  });

  test.each([[['--help', 'veth']], [['help']], [['-h']]])('does not shorten the help of %j', (argv) => {
    expect(parseArgv(argv)).toBe(0);
    for (const name of ['veth', 'diagnose', 'completion']) expect(said).toContain(`  ${name} `);
  });

  test('does not make an unknown command known', () => {
    expect(() => parseArgv(['vteh', 'ls'])).toThrow(/there is no command 'vteh'/);
  });
});

describe('a wrong command line', () => {
  test.each([
    ['an unknown option', ['ls', '--al'], "netpeek: unknown option '--al'\n(Did you mean --all?)\n"],
    ['a missing argument', ['show'], "netpeek: missing required argument 'target'\n"],
    [
      'an option without its value',
      ['capture', 'web', '-c'],
      "netpeek: option '-c, --count <n>' argument missing\n",
    ],
    ['too many arguments', ['exec', 'web', 'ls'], /^netpeek: too many arguments/],
    [
      'an unknown word of a group',
      ['netns', 'atach'],
      /^netpeek: unknown command 'atach'\n\(Did you mean attach\?\)\n/,
    ],
  ])('with %s is wrong usage, and says what is wrong', (_, argv, words) => {
    expect(parseArgv(argv)).toBe(2);
    if (typeof words === 'string') expect(said).toBe(words);
    else expect(said).toMatch(words);
  });

  test('with an unknown command is wrong usage, and suggests the nearest', () => {
    expect(() => parseArgv(['vteh'])).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: "there is no command 'vteh'",
        advice: 'did you mean veth?',
      }),
    );
  });

  test('of a group alone is wrong usage, and shows its commands', () => {
    expect(parseArgv(['netns'])).toBe(2);
    expect(said).toContain('attach');
  });
});
