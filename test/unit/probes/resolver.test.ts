import { describe, expect, test } from 'vitest';
import { parseResolvConf } from '../../../probes/parse-resolv-conf.ts';
import type { Subject } from '../../../probes/probe.ts';
import { readResolver } from '../../../probes/resolver.ts';
import type { Container } from '../../../src/model/container.ts';
import { SystemError } from '../../../src/system/system.ts';
import { type MemoryOptions, memoryFiles } from '../../helpers/memory-files.ts';

describe('resolv.conf', () => {
  test('gives servers, search list and options', () => {
    const text = `# made by hand
nameserver 192.0.2.53
nameserver\tfe80::1%eth0
; a comment
domain old.example
search a.example  b.example
options ndots:5 edns0
options timeout:1
`;
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['192.0.2.53', 'fe80::1%eth0'],
      search: ['a.example', 'b.example'],
      options: ['ndots:5', 'edns0', 'timeout:1'],
      embedded: false,
    });
  });

  test('of Docker names its own server and whom that one asks', () => {
    const text = `nameserver 127.0.0.11
options ndots:0

# Based on host file: '/etc/resolv.conf' (internal resolver)
# ExtServers: [192.0.2.53 host(127.0.0.53) 2001:db8::53]
# Overrides: []
`;
    expect(parseResolvConf(text)).toMatchObject({
      embedded: true,
      upstreams: [
        { address: '192.0.2.53', fromHost: false },
        { address: '127.0.0.53', fromHost: true },
        { address: '2001:db8::53', fromHost: false },
      ],
    });
  });

  test('tells no upstreams where it does not say, and none where it says so', () => {
    expect(parseResolvConf('nameserver 127.0.0.11\n')).not.toHaveProperty('upstreams');
    expect(parseResolvConf('# ExtServers: []\n').upstreams).toEqual([]);
  });

  test.each([
    ['a secret', 'root:$y$j9T$secret:19000:0:99999:7:::\nnameservers 1\nsearching x\n'],
    ['words with a space before them', ' nameserver 192.0.2.1\n\tsearch x\n'],
    ['servers that are no addresses', 'nameserver $(reboot)\nnameserver\n# ExtServers: [host(;) x]\n'],
  ])('says nothing of what else stands in the file: %s', (_, text) => {
    const settings = parseResolvConf(text);
    expect({ ...settings, upstreams: settings.upstreams ?? [] }).toEqual({
      nameservers: [],
      search: [],
      options: [],
      embedded: false,
      upstreams: [],
    });
  });

  test('is bounded, and cannot move the cursor', () => {
    const line = `search \u001b[2J ${'x'.repeat(9999)} ${'y '.repeat(9999)}\n`;
    const servers = 'nameserver 192.0.2.1\n'.repeat(9999);
    const { search, nameservers } = parseResolvConf(line + servers);
    expect(search[0]).toBe('\\x1b[2J');
    expect(JSON.stringify({ search, nameservers }).length).toBeLessThan(2000);
  });
});

describe('the resolver of a namespace', () => {
  const subject = (given: Partial<Subject>): Subject => ({
    kind: 'process',
    paths: [],
    pids: [],
    containers: [],
    ...given,
  });
  const read = (files: MemoryOptions, given: Partial<Subject>) =>
    readResolver({ files: memoryFiles(files) }, { id: '41' }, subject(given));
  const server = (last: number) => `nameserver 192.0.2.${last}\n`;
  const web = { name: 'web', pid: 40, resolvConfPath: '/engine/web/resolv.conf' } as Container;
  const inContainer = { kind: 'container', containers: [web] } as const;
  const here = { '/proc/40/ns/net': 'net:[41]' };
  const all = {
    '/etc/resolv.conf': server(1),
    '/proc/40/root/etc/resolv.conf': server(2),
    '/engine/web/resolv.conf': server(3),
    '/etc/netns/blue/resolv.conf': server(4),
  };

  test.each([
    ['host', 'host', {}, '192.0.2.1'],
    ['container', 'process', inContainer, '192.0.2.2'],
    ['name of `ip netns`', 'netns', { kind: 'named', paths: ['/run/netns/blue'] }, '192.0.2.4'],
    ['name without settings of its own', 'host', { kind: 'named', paths: ['/run/netns/red'] }, '192.0.2.1'],
  ] as const)('of a %s is that of the %s', (kind, source, given, nameserver) => {
    const { resolver, gaps } = read(
      { texts: all, links: here },
      { ...(kind === 'host' ? { kind } : {}), ...given },
    );
    expect(resolver).toMatchObject({ source, nameservers: [nameserver] });
    expect(gaps).toEqual([]);
  });

  test('of a process is its own where it sees other files than we do, and the host’s otherwise', () => {
    const links = (mounts: string, root: string) => ({
      ...here,
      '/proc/thread-self/ns/mnt': 'mnt:[1]',
      '/proc/40/ns/mnt': mounts,
      '/proc/40/root': root,
    });
    const sourceWith = (mounts: string, root: string) =>
      read({ texts: all, links: links(mounts, root) }, { pids: [40] }).resolver?.source;
    expect(sourceWith('mnt:[1]', '/')).toBe('host');
    expect(sourceWith('mnt:[2]', '/')).toBe('process');
    expect(sourceWith('mnt:[1]', '/jail')).toBe('process');
  });

  test('of a container that hides its own is what its engine keeps, and the hiding is said', () => {
    const hidden = new SystemError('EINVAL', 'read /etc/resolv.conf', 'not a regular file');
    const { resolver, gaps } = read(
      { texts: { ...all, '/proc/40/root/etc/resolv.conf': hidden }, links: here },
      inContainer,
    );
    expect(resolver).toMatchObject({ source: 'engine', path: '/engine/web/resolv.conf' });
    expect(gaps).toEqual([{ probe: 'resolver', reason: expect.stringContaining('pid 40') }]);
  });

  test('of a container is not that of a process which took its pid', () => {
    const { resolver } = read({ texts: all, links: { '/proc/40/ns/net': 'net:[99]' } }, inContainer);
    expect(resolver).toMatchObject({ source: 'engine', nameservers: ['192.0.2.3'] });
  });

  test('of several containers in one namespace is one for each, and the host’s own comes first', () => {
    const db = { name: 'db', pid: 42 } as Container;
    const files = {
      texts: { ...all, '/proc/42/root/etc/resolv.conf': server(5) },
      links: { ...here, '/proc/42/ns/net': 'net:[41]' },
    };
    const told = (given: Partial<Subject>) => {
      const { resolver } = read(files, { containers: [web, db], ...given });
      return [resolver, ...(resolver?.others ?? [])].map((one) => [one?.container, one?.nameservers[0]]);
    };
    const both = [
      ['web', '192.0.2.2'],
      ['db', '192.0.2.5'],
    ];
    expect(told({ kind: 'container' })).toEqual(both);
    expect(told({ kind: 'host' })).toEqual([[undefined, '192.0.2.1'], ...both]);
    expect(told({ kind: 'host', containers: [] })).toEqual([[undefined, '192.0.2.1']]);
  });

  test('of one container among several that has no file is missed, not taken from another', () => {
    const bare = { name: 'bare', pid: 43 } as Container;
    const { resolver, gaps } = read(
      { texts: all, links: here },
      { kind: 'container', containers: [bare, web] },
    );
    expect(resolver).toMatchObject({ container: 'web', others: [] });
    expect(gaps).toEqual([{ probe: 'resolver', reason: 'no /etc/resolv.conf was found in container bare' }]);
  });

  test('of a container is never the host’s', () => {
    const denied = new SystemError('EACCES', 'read');
    const { resolver, gaps } = read(
      { texts: { '/etc/resolv.conf': server(1), '/proc/40/root/etc/resolv.conf': denied }, links: here },
      inContainer,
    );
    expect(resolver).toBeUndefined();
    expect(gaps).toEqual([expect.objectContaining({ probe: 'resolver', needs: 'run as root' })]);
  });

  test('that cannot be found at all is a gap', () => {
    expect(read({}, { kind: 'host' })).toEqual({ gaps: [expect.objectContaining({ probe: 'resolver' })] });
    expect(read({}, inContainer)).toEqual({ gaps: [expect.objectContaining({ probe: 'resolver' })] });
  });
});
