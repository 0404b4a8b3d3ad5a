import { describe, expect, test } from 'vitest';
import { concludeUpstreams } from '../../../../probes/resolver/conclude-upstreams.ts';
import { SystemError } from '../../../../src/system/system.ts';
import { type MemoryOptions, memoryFiles } from '../../../helpers/memory-files.ts';

describe('the upstreams of an embedded server that does not name them', () => {
  const conclude = (
    texts: MemoryOptions['texts'],
    given: { readonly dns?: readonly string[] } = { dns: [] },
  ) =>
    concludeUpstreams(
      memoryFiles({ texts: { '/etc/resolv.conf': 'nameserver 192.0.2.1\n', ...texts } }),
      given,
    );
  const told = (texts: MemoryOptions['texts']) => {
    const { upstreams, upstreamsFrom } = conclude(texts) ?? {};
    return [upstreamsFrom, ...(upstreams ?? []).map(({ address }) => address)];
  };
  const daemon = (...words: readonly string[]) => ({
    '/run/docker.pid': '7',
    '/proc/7/cmdline': ['/usr/sbin/dockerd', ...words].join('\0'),
  });

  test('are the container’s own before all others', () => {
    const texts = { '/etc/docker/daemon.json': '{"dns":["192.0.2.7"]}' };
    expect(conclude(texts, { dns: ['192.0.2.9'] })).toEqual({
      upstreams: [{ address: '192.0.2.9', fromHost: false }],
      upstreamsFrom: 'container',
    });
  });

  test.each([
    ['its command line', daemon('-D', '--dns', '192.0.2.7', '--dns=192.0.2.8'), ['192.0.2.7', '192.0.2.8']],
    ['its file', { '/etc/docker/daemon.json': '{"dns":["192.0.2.7"]}' }, ['192.0.2.7']],
    [
      'a file of another name',
      { ...daemon('--config-file', '/x.json'), '/x.json': '{"dns":["192.0.2.7"]}' },
      ['192.0.2.7'],
    ],
  ])('are the daemon’s, from %s', (_, texts, expected) => {
    expect(told(texts)).toEqual(['daemon', ...expected]);
  });

  test('are the host’s where a process that took the daemon’s pid says otherwise', () => {
    expect(told({ '/run/docker.pid': '7', '/proc/7/cmdline': 'sh\0--dns\x00192.0.2.7' })).toEqual([
      'host',
      '192.0.2.1',
    ]);
  });

  test('are those that systemd-resolved asks where the host names its stub alone', () => {
    const resolved = { '/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.5\n' };
    expect(told({ '/etc/resolv.conf': 'nameserver 127.0.0.53\n', ...resolved })).toEqual([
      'host',
      '192.0.2.5',
    ]);
    expect(
      told({ '/etc/resolv.conf': 'nameserver 127.0.0.53\nnameserver 192.0.2.2\n', ...resolved }),
    ).toEqual(['host', '127.0.0.53', '192.0.2.2']);
  });

  test('are three at most, and IPv4', () => {
    const lines = ['::1', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map(
      (word) => `nameserver ${word}\n`,
    );
    expect(told({ '/etc/resolv.conf': lines.join('') })).toEqual([
      'host',
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
  });

  test.each([
    ['the host names no IPv4 server', { '/etc/resolv.conf': 'nameserver 2001:db8::1\n' }],
    ['the host’s file cannot be read', { '/etc/resolv.conf': new SystemError('EACCES', 'read') }],
    ['the daemon’s file is no JSON', { '/etc/docker/daemon.json': '{"dns":[' }],
  ])('are not guessed where %s', (_, texts) => {
    expect(conclude(texts)).toBeUndefined();
  });

  test('are not guessed where the engine does not say what the container was given', () => {
    expect(conclude({}, {})).toBeUndefined();
  });
});
