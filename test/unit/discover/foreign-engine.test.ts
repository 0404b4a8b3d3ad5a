import { describe, expect, test } from 'vitest';
import { foldForeignEngine } from '../../../src/discover/foreign-engine.ts';
import { container } from '../../helpers/made-up.ts';

const engine = (endpoint: string) => ({ name: 'Docker', version: '28.5', endpoint });
const web = container({ name: 'web' });
const db = container({ name: 'db' });
const gaps = [
  { probe: 'container web', reason: 'pid 12 is not that container’s' },
  { probe: 'container db', reason: 'no such process' },
  { probe: 'netns', reason: 'something else' },
];

describe('an engine none of whose containers is here', () => {
  test('is said to run elsewhere, once', () => {
    const folded = foldForeignEngine(engine('unix:///var/run/docker.sock'), 2, [web, db], gaps);
    expect(folded.map(({ probe }) => probe)).toEqual(['netns', 'docker']);
    expect(folded[1]?.reason).toContain('another machine or in a VM: any of its 2 running containers');
  });

  test('is told by one container where it is asked over the network', () => {
    expect(foldForeignEngine(engine('tcp://192.0.2.7:2375'), 1, [web], gaps)).toHaveLength(3);
    expect(foldForeignEngine(engine('tcp://192.0.2.7:2375'), 1, [web], gaps.slice(0, 1))).toMatchObject([
      { probe: 'docker', needs: 'run netpeek where the engine runs' },
    ]);
  });
});

test.each([
  ['one container of this machine has just ended', 'unix:///var/run/docker.sock', 1, [web]],
  ['some containers are here', 'unix:///var/run/docker.sock', 3, [web, db]],
  ['nothing runs', 'tcp://192.0.2.7:2375', 0, []],
])('the gaps stay as they are where %s', (_, endpoint, running, strangers) => {
  expect(foldForeignEngine(engine(endpoint), running, strangers, gaps)).toBe(gaps);
});
