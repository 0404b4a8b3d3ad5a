/** What `run` tells of a program before its end. */
import { expect, test } from 'vitest';
import { realProcesses } from '../../../src/system/processes.ts';

test('a program that runs is told of before its end, one that is not there never', async () => {
  const { run } = realProcesses();
  const events: string[] = [];
  const onStart = () => events.push('started');
  const there = run({ argv: ['cat', '/proc/self/status'], onStart }).then(() => events.push('ended'));
  await there;
  expect(events).toEqual(['started', 'ended']);
  await expect(run({ argv: ['/nowhere/at/all'], onStart })).rejects.toMatchObject({ code: 'ENOENT' });
  expect(events).toHaveLength(2);
});
