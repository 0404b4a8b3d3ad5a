import { describe, expect, test } from 'vitest';
import { readEngineChoice } from '../../../probes/engine-endpoint.ts';
import { SystemError } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';

const CONFIG = '/root/.docker/config.json';
const META = '/root/.docker/contexts/meta/1f/meta.json';
const remote = JSON.stringify({ Name: 'remote', Endpoints: { docker: { Host: 'tcp://10.0.0.5:2375' } } });
const other = JSON.stringify({ Name: 'other', Endpoints: { docker: { Host: 'tcp://10.0.0.6:2375' } } });
const contexts = {
  [CONFIG]: JSON.stringify({ currentContext: 'remote' }),
  '/root/.docker/contexts/meta/0e/meta.json': other,
  [META]: remote,
};

type Case = {
  readonly named?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string | SystemError>>;
};

const choose = ({ named, env = {}, texts = {} }: Case) =>
  readEngineChoice(
    {
      host: { hostname: 'lab', uid: 0, pid: 1, env: { HOME: '/root', ...env } },
      files: memoryFiles({ texts }),
    },
    named,
  );

describe('the engine to ask', () => {
  test('is the one named on the command line before all others, and only that one is insisted on', () => {
    const env = { DOCKER_HOST: 'unix:///env.sock' };
    expect(choose({ named: 'unix:///named.sock', env, texts: contexts })).toEqual({
      endpoint: 'unix:///named.sock',
      explicit: true,
    });
  });

  test('is DOCKER_HOST before the current context', () => {
    expect(choose({ env: { DOCKER_HOST: 'unix:///env.sock' }, texts: contexts })).toEqual({
      endpoint: 'unix:///env.sock',
      explicit: false,
    });
  });

  test('is the current context’s before the default', () => {
    expect(choose({ texts: contexts })).toEqual({ endpoint: 'tcp://10.0.0.5:2375', explicit: false });
  });

  test('is that of DOCKER_CONTEXT before the configuration’s context', () => {
    expect(choose({ env: { DOCKER_CONTEXT: 'other' }, texts: contexts }).endpoint).toBe(
      'tcp://10.0.0.6:2375',
    );
  });

  test('is looked up where DOCKER_CONFIG says', () => {
    const texts = {
      '/etc/d/config.json': contexts[CONFIG] ?? '',
      '/etc/d/contexts/meta/a/meta.json': remote,
    };
    expect(choose({ env: { DOCKER_CONFIG: '/etc/d' }, texts }).endpoint).toBe('tcp://10.0.0.5:2375');
  });

  test.each([
    ['there is no configuration', {}],
    ['the context is the default one', { [CONFIG]: '{"currentContext":"default"}' }],
    ['the configuration is broken', { [CONFIG]: '{"currentContext":' }],
    ['the configuration is no object', { [CONFIG]: '[]' }],
    ['the configuration cannot be read', { [CONFIG]: new SystemError('EACCES', 'read') }],
    ['the context is not described', { [CONFIG]: '{"currentContext":"gone"}', [META]: remote }],
    ['the description is broken', { [CONFIG]: '{"currentContext":"remote"}', [META]: 'junk' }],
  ])('is the default socket where %s', (_, texts) => {
    expect(choose({ texts })).toEqual({ endpoint: 'unix:///var/run/docker.sock', explicit: false });
  });

  test('may be written without a scheme, as for docker', () => {
    expect(choose({ named: '/run/podman/podman.sock' }).endpoint).toBe('unix:///run/podman/podman.sock');
    expect(choose({ named: '10.0.0.5:2375' }).endpoint).toBe('tcp://10.0.0.5:2375');
  });
});
