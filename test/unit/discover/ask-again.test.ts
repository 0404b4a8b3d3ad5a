import { describe, expect, test } from 'vitest';
import { askAgain } from '../../../src/discover/ask-again.ts';
import { type EngineClient, SystemError } from '../../../src/system/system.ts';
import { container } from '../../helpers/made-up.ts';

/** An engine that says this of a container's state by now. */
const engine = (stateOf: (id: string) => object): EngineClient => ({
  endpoint: 'unix:///x',
  server: async () => '',
  version: async () => ({}),
  containers: async () => [],
  networks: async () => [],
  libpodNetworks: async () => [],
  inspect: async (id) => ({ State: stateOf(id) }),
  events: async function* () {},
});
const told = (name: string, pid: number) => container({ id: name, name, pid });

describe('the second answer about a container', () => {
  const [web, db, loop] = [told('web', 40), told('db', 50), told('loop', 60)];

  test('that is the same as the first leaves it in doubt', async () => {
    const { changed, places, ended } = await askAgain(
      engine(() => ({ Pid: 40 })),
      [web],
    );
    expect([[...changed], places, ended]).toEqual([[], [], []]);
  });

  test('tells who has ended, in which state, and where one is that was restarted', async () => {
    const states: Record<string, object> = {
      web: { Pid: 40 },
      db: { Pid: 0, Status: 'exited' },
      loop: { Pid: 61 },
    };
    const { changed, places, ended } = await askAgain(
      engine((id) => states[id] ?? {}),
      [web, db, loop],
    );
    expect([...changed]).toEqual([db, loop]);
    expect(ended).toMatchObject([{ name: 'db', state: 'exited' }]);
    expect(places).toMatchObject([{ name: 'loop', path: '/proc/61/ns/net' }]);
  });

  test('is waited for where the engine has not heard of the end yet', async () => {
    const answers = [{ Pid: 40 }, { Pid: 40 }, { Pid: 0, Status: 'exited' }];
    const { changed, ended } = await askAgain(
      engine(() => answers.shift() ?? {}),
      [web],
    );
    expect([...changed]).toEqual([web]);
    expect(ended).toMatchObject([{ name: 'web', state: 'exited' }]);
  });

  test('that does not come leaves it in doubt', async () => {
    const failing = engine(() => {
      throw new SystemError('HTTP 500', 'inspect');
    });
    expect((await askAgain(failing, [web])).changed.size).toBe(0);
  });

  test('is asked for of a few only: an engine elsewhere has them all', async () => {
    const asked = new Set<string>();
    const counting = engine((id) => {
      asked.add(id);
      return { Pid: 40 };
    });
    await askAgain(
      counting,
      Array.from({ length: 1_000 }, (_, index) => told(`web-${index}`, 40)),
    );
    expect(asked.size).toBe(16);
  });
});
