import { describe, expect, test } from 'vitest';
import { locateContainers } from '../../../src/discover/container-places.ts';
import { type EngineClient, SystemError } from '../../../src/system/system.ts';
import { container } from '../../helpers/made-up.ts';

/** An engine that answers the question for one container's pid so. */
const engine = (inspect: (id: string) => Promise<unknown>): EngineClient => ({
  endpoint: 'unix:///x',
  server: async () => '',
  version: async () => ({}),
  containers: async () => [],
  networks: async () => [],
  libpodNetworks: async () => [],
  inspect,
  events: async function* () {},
});
const named = (name: string, state = 'running') => container({ id: name, name, state });

describe('the places of containers', () => {
  test('are those of their processes', async () => {
    const { places, stopped } = await locateContainers(
      engine(async (id) => ({ State: { Pid: id === 'web' ? 40 : 50 } })),
      [named('web'), named('db', 'paused')],
    );
    expect(places.map(({ name, path }) => [name, path]).sort()).toEqual([
      ['db', '/proc/50/ns/net'],
      ['web', '/proc/40/ns/net'],
    ]);
    expect(stopped).toEqual([]);
  });

  test('are not asked for where a container cannot have a process', async () => {
    const asked: string[] = [];
    const states = ['exited', 'created', 'dead'].map((state) => named(state, state));
    const { stopped } = await locateContainers(
      engine(async (id) => asked.push(id)),
      states,
    );
    expect(asked).toEqual([]);
    expect(stopped).toHaveLength(3);
  });

  test('of a container that has gone since it was listed are no gap, and of one the engine fails on are', async () => {
    const fail = async (id: string) => {
      throw new SystemError(id === 'gone' ? 'HTTP 404' : 'HTTP 500', 'inspect');
    };
    const { stopped, gaps } = await locateContainers(engine(fail), [named('gone'), named('web')]);
    expect(stopped.map(({ name }) => name).sort()).toEqual(['gone', 'web']);
    expect(gaps.map(({ probe }) => probe)).toEqual(['container web']);
  });

  test('are asked for no more once an engine has let a question run out of time; all are gaps', async () => {
    let asked = 0;
    const hang = async () => {
      asked += 1;
      throw new SystemError('ETIMEDOUT', 'inspect');
    };
    const many = Array.from({ length: 1_000 }, (_, index) => named(`web-${index}`));
    const { gaps } = await locateContainers(engine(hang), many);
    expect(asked).toBeLessThan(50);
    expect(gaps).toHaveLength(1_000);
  });
});
