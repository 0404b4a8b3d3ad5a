/** Names that hold nothing any more go; all others stay. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('netns prune', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab();
  });
  afterEach(() => lab.dispose());

  const netns = async (...args: readonly string[]) => withoutStack(await lab.netpeek(['netns', ...args]));
  const holder = async () => {
    const started = await lab.spawn(['unshare', '--net', 'sh', '-c', 'echo $$; exec sleep 600']);
    await started.waitForOutput(/\d+\n/);
    return started.stdout().trim();
  };
  const end = async (pid: string) => {
    await lab.ok(['kill', pid]);
    await waitFor('its end', async () => (await lab.run(['kill', '-0', pid])).exitCode !== 0);
  };
  const names = async () => (await lab.ok(['ls', '/run/netns'])).split('\n').filter(Boolean);

  test('takes away the name of a process that is gone, and says so', async () => {
    await lab.ok(['ip', 'netns', 'add', 'blue']);
    const [gone, alive] = [await holder(), await holder()];
    await netns('attach', `pid:${gone}`, '--name', 'gone');
    await netns('attach', `pid:${alive}`, '--name', 'alive');
    expect((await netns('prune')).stdout).toBe('nothing to prune\n');
    await end(gone);
    expect((await lab.netpeek(['doctor'])).stdout).toMatch(
      /leftovers +names that hold nothing: gone\n.*netns prune/,
    );
    expect(await netns('prune')).toEqual({
      stdout: 'pruned gone: nothing runs in its namespace any more\n',
      stderr: '',
      exitCode: 0,
    });
    expect(await names()).toEqual(['alive', 'blue']);
    expect((await netns('ls')).stdout).toMatch(/^alive .*netpeek$/m);
  });

  test('leaves a namespace that somebody else named too', async () => {
    const pid = await holder();
    await netns('attach', `pid:${pid}`, '--name', 'ours');
    await lab.ok(['ip', 'netns', 'attach', 'theirs', pid]);
    await end(pid);
    expect((await netns('prune')).stdout).toBe('nothing to prune\n');
    expect(await names()).toEqual(['ours', 'theirs']);
  });

  test('takes away a note whose mount is gone, and leaves what took its name', async () => {
    const pid = await holder();
    await netns('attach', `pid:${pid}`, '--name', 'web');
    await lab.ok('ip netns delete web; ip netns add web');
    const document = JSON.parse((await netns('prune', '--json')).stdout);
    expect(document).toEqual({ pruned: [{ name: 'web', id: expect.any(String), why: 'unmounted' }] });
    await lab.ok(['ip', 'netns', 'exec', 'web', 'true']);
    // Only the note about the directory stays, which is still in use.
    expect(await lab.ok(['ls', '-A', '/run/netpeek/netns'])).toBe('.directory\n');
  });
});
