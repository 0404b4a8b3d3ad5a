import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeRoomFor } from '../../../src/system/descriptor-room.ts';
import { waitFor } from '../../helpers/wait-for.ts';

/** Descriptors that the process's table has room for (proc_pid_status(5)). */
const room = () => Number(/^FDSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

test('room for the descriptors of many namespaces is made, and few need none', async () => {
  const before = room();
  expect(before).toBeLessThan(4096);
  makeRoomFor(3);
  expect(room()).toBe(before);
  makeRoomFor(1_000);
  await waitFor('room for 4,096 descriptors', () => room() >= 4096);
});
