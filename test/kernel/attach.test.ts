/** Names under /run/netns: made for `ip netns`, and taken away without a trace. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('netns attach', () => {
  let lab: Lab;
  /** A process in a namespace that has no name, with a link to know it by. */
  let pid: string;
  beforeEach(async () => {
    lab = await createLab();
    const holder = await lab.spawn(['unshare', '--net', 'sh', '-c', 'echo $$; exec sleep 600']);
    await holder.waitForOutput(/\d+\n/);
    pid = holder.stdout().trim();
    await lab.ok(`ip link add known type veth peer name eth0 netns ${pid}`);
  });
  afterEach(() => lab.dispose());

  const netns = async (...args: readonly string[]) => withoutStack(await lab.netpeek(['netns', ...args]));
  /** Mounts without their ids, which are handed out anew; and every file that names leave. */
  const picture = () =>
    lab.ok(
      "cut -d' ' -f3- /proc/self/mountinfo; find /run/netns /run/netpeek -printf '%p %y %m %s %F\\n' 2>&1 || true",
    );

  test('makes ip netns exec work, and detach leaves no trace', async () => {
    const before = await picture();
    expect(await netns('attach', `pid:${pid}`)).toMatchObject({
      exitCode: 0,
      stdout: `attached pid-${pid}: ip netns exec pid-${pid} ip addr\n`,
    });
    expect(await lab.ok(['ip', 'netns', 'exec', `pid-${pid}`, 'ip', 'link'])).toContain('eth0');
    expect(await lab.ok(['ip', 'netns'])).toContain(`pid-${pid}`);
    expect((await netns('ls')).stdout).toMatch(new RegExp(`^pid-${pid} .*netpeek$`, 'm'));
    expect((await netns('detach', `pid-${pid}`)).exitCode).toBe(0);
    expect(await picture()).toBe(before);
  });

  test('takes another name where one is given', async () => {
    await netns('attach', `pid:${pid}`, '--name', 'mine');
    expect(await lab.ok(['ip', 'netns', 'exec', 'mine', 'ip', 'link'])).toContain('eth0');
  });

  test('makes /run/netns where it does not exist yet, and takes it away with the last name', async () => {
    await lab.ok(['rmdir', '/run/netns']);
    const before = await picture();
    await netns('attach', `pid:${pid}`, '--name', 'one');
    await netns('attach', `pid:${pid}`, '--name', 'two');
    expect(await lab.ok(['ip', 'netns', 'exec', 'two', 'ip', 'link'])).toContain('eth0');
    await netns('detach', 'one', 'two');
    expect(await picture()).toBe(before);
  });

  test('in an empty directory of somebody else stays detachable after the first ip netns add', async () => {
    const before = await picture();
    await netns('attach', `pid:${pid}`, '--name', 'one');
    await lab.ok(['ip', 'netns', 'add', 'blue']);
    expect(await netns('detach', 'one')).toMatchObject({ exitCode: 0 });
    expect(await lab.ok(['ip', 'netns'])).toBe('blue\n');
    await lab.ok(['ip', 'netns', 'delete', 'blue']);
    // The next last name takes the mount away that the first one made.
    await netns('attach', `pid:${pid}`, '--name', 'two');
    await netns('detach', 'two');
    expect(await picture()).toBe(before);
  });

  test('in a directory that netpeek made leaves room for names of others', async () => {
    await lab.ok(['rmdir', '/run/netns']);
    await netns('attach', `pid:${pid}`, '--name', 'one');
    await lab.ok(['ip', 'netns', 'add', 'blue']);
    await netns('detach', 'one');
    expect(await lab.ok(['ip', 'netns'])).toBe('blue\n');
    await lab.ok(['ip', 'netns', 'exec', 'blue', 'true']);
  });

  test('keeps the namespace alive when its process has ended', async () => {
    await netns('attach', `pid:${pid}`, '--name', 'kept');
    await lab.ok(['kill', pid]);
    expect((await netns('ls')).stdout).toMatch(/^kept .*netpeek$/m);
    expect(await lab.ok(['ip', 'netns', 'exec', 'kept', 'ip', 'link'])).toContain('eth0');
    expect((await netns('detach', 'kept')).exitCode).toBe(0);
    expect(await lab.ok(['ip', 'netns'])).toBe('');
  });

  test('refuses a name that exists, and leaves it as it is', async () => {
    await lab.ok(['ip', 'netns', 'add', 'blue']);
    const before = await picture();
    expect(await netns('attach', `pid:${pid}`, '--name', 'blue')).toMatchObject({
      exitCode: 2,
      stderr: 'netpeek: /run/netns/blue exists already: choose another name with --name\n',
    });
    expect(await picture()).toBe(before);
  });

  test('does nothing where one of several targets is unknown', async () => {
    const before = await picture();
    expect((await netns('attach', `pid:${pid}`, 'nosuch')).exitCode).toBe(3);
    expect(await picture()).toBe(before);
  });
});

describe('netns detach', () => {
  test('refuses names that netpeek did not attach, and says how to remove them', async () => {
    const lab = await createLab();
    await lab.ok(['ip', 'netns', 'add', 'blue']);
    expect(withoutStack(await lab.netpeek(['netns', 'detach', 'blue']))).toMatchObject({
      exitCode: 3,
      stderr: 'netpeek: blue was not attached by netpeek: to remove it all the same: ip netns delete blue\n',
    });
    await lab.ok(['ip', 'netns', 'exec', 'blue', 'true']);
    expect((await lab.netpeek(['netns', 'detach', 'nosuch'])).exitCode).toBe(3);
    await lab.dispose();
  });
});
