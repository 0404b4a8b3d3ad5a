/** A name under /run/netns begins as a plain file; the mount that makes it a namespace comes later, and tells nobody. */
import { afterAll, beforeAll, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await createLab();
});
afterAll(() => lab.dispose());

test('a name that is mounted well after its file was made is noticed', async () => {
  await lab.ok('ip netns add first');
  const watching = await lab.spawn([node, program, 'watch']);
  await watching.waitForOutput(/watching 2 namespaces/);
  // What a busy machine does between the two halves of `ip netns add`; mounting sets no time stamp and sends no event.
  await lab.ok('touch /run/netns/late; sleep 0.2; unshare --net=/run/netns/late true');
  await watching.waitForOutput(/\+ namespace late named$/m);
  await watching.stop('SIGINT');
});
