import { describe, expect, test } from 'vitest';
import { type Choice, findWanted } from '../../../src/commands/completion/words.ts';
import { commands, groupSummaries } from '../../../src/commands/index.ts';
import { globalOptions } from '../../../src/commands/parse-argv.ts';

const wanted = (...words: readonly string[]) =>
  findWanted({ commands, groups: groupSummaries, globals: globalOptions }, words);
const choices = (...words: readonly string[]) => {
  const found = wanted(...words);
  return found.kind === 'choices' ? found.choices.map(({ value }: Choice) => value) : found.kind;
};

describe('completion', () => {
  test('offers commands first, and none that are hidden', () => {
    expect(choices('')).toEqual(expect.arrayContaining(['ls', 'veth', 'netns', 'lab', 'completion']));
    expect(choices('')).not.toContain('__complete');
    expect(choices('--json', 'l')).toContain('ls');
    expect(choices('--docker-host', 'x', '')).toContain('ls');
  });

  test('offers what is below a group', () => {
    expect(choices('netns', '')).toEqual(['attach', 'detach', 'ls', 'prune']);
  });

  test.each([
    [['ls', ''], 'targets'],
    [['ls', 'web', ''], 'targets'],
    [['ls', '-a', ''], 'targets'],
    [['find', ''], 'targets'],
    [['diagnose', ''], 'targets'],
    [['diagnose', 'web', ''], 'targets'],
    [['show', ''], 'targets'],
    [['show', 'web', ''], 'sections'],
    [['show', 'web', 'routes', ''], 'sections'],
    [['netns', 'attach', ''], 'targets'],
    [['netns', 'attach', '--name', 'x', ''], 'targets'],
    [['netns', 'detach', ''], 'attached'],
    [['lab', 'run', ''], 'scenarios'],
    [['exec', 'web', '--', ''], 'files'],
    [['diff', ''], 'files'],
    [['snapshot', '-o', ''], 'files'],
    [['--snapshot', ''], 'files'],
    [['nosuch', ''], []],
  ])('%j wants %s', (words, kind) => {
    expect(choices(...words)).toEqual(kind);
  });

  test('offers options, and the values they may have', () => {
    expect(choices('ls', '-')).toEqual([
      '--all',
      '--json',
      '--no-color',
      '--docker-host',
      '--record',
      '--replay',
      '--snapshot',
    ]);
    expect(choices('graph', '--format', '')).toEqual(['text', 'mermaid', 'dot', 'svg', 'json']);
    expect(choices('graph', '--format=')).toContain('--format=mermaid');
    expect(choices('graph', '--output=x')).toBe('files');
    expect(choices('diagnose', 'web', '--proto', '')).toEqual(['tcp', 'udp', 'icmp']);
    expect(choices('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });
});
