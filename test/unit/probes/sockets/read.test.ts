import { describe, expect, test } from 'vitest';
import { readHolders } from '../../../../probes/sockets/holders.ts';
import { readSockets } from '../../../../probes/sockets/read.ts';
import type { Container } from '../../../../src/model/container.ts';
import { type Files, SystemError } from '../../../../src/system/system.ts';
import { type MemoryOptions, memoryFiles } from '../../../helpers/memory-files.ts';
import { done, int32, message, NLMSG_ERROR } from '../../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../../../helpers/scripted-system.ts';

const HEAD = 'sl local_address …\n';
const table = (inode: number) =>
  `${HEAD}   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1\n`;

/** A namespace whose kernel refuses sock_diag with this errno, and has these tables. */
function refusing(errno: number, texts: Readonly<Record<string, string>>) {
  return scriptedHandle('41', {
    openNetlink: () => scriptedSocket([message(NLMSG_ERROR, [int32(-errno)])]),
    readText: (path) => {
      const text = texts[path.slice('/proc/thread-self/net/'.length)];
      if (text === undefined) throw new SystemError('EACCES', `read ${path}`);
      return text;
    },
  });
}

const web = { id: 'c0ffee', name: 'web' } as Container;
const listening = refusing(2, { tcp: table(77), tcp6: HEAD, udp: HEAD, udp6: HEAD });
const readWith = (files: Files, handle = listening, containers: readonly Container[] = []) =>
  readSockets({ files }, handle, { containers }, () => readHolders(files));
const read = (files: MemoryOptions, ...rest: readonly [typeof listening?, (readonly Container[])?]) =>
  readWith(memoryFiles(files), ...rest);
const denied = new SystemError('EACCES', 'readlink');

/** A process with one descriptor. */
function processOf(pid: number, namespace: string, descriptor: string, comm: string) {
  return {
    links: { [`/proc/${pid}/ns/net`]: `net:[${namespace}]`, [`/proc/${pid}/fd/3`]: descriptor },
    texts: { [`/proc/${pid}/comm`]: comm, [`/proc/${pid}/cgroup`]: `0::/docker/c0ffee\n` },
  };
}

describe('the sockets of a namespace', () => {
  test('come from /proc where the kernel has no sock_diag, and that is no gap', () => {
    const { sockets, gaps } = read(processOf(12, '41', 'socket:[77]', 'httpd\n'));
    expect(gaps).toEqual([]);
    expect(sockets).toEqual([expect.objectContaining({ port: 80, owners: [{ pid: 12, name: 'httpd' }] })]);
  });

  test('are asked of sock_diag by family, protocol and state', () => {
    const sent: string[] = [];
    const handle = scriptedHandle('41', {
      openNetlink: (protocol) => {
        const socket = scriptedSocket([done()]);
        expect(protocol).toBe('sock-diag');
        return {
          ...socket,
          send: (bytes) => void sent.push(Buffer.from(bytes.subarray(16, 24)).toString('hex')),
        };
      },
    });
    expect(read({}, handle)).toEqual({ sockets: [], gaps: [] });
    expect(sent).toEqual(['0206000000040000', '0a06000000040000', '0211000080000000', '0a11000080000000']);
  });

  test('are not read, with a gap each that names both refusals, where neither source answers', () => {
    const { sockets, gaps } = read({}, refusing(1, {}));
    expect(sockets).toBeUndefined();
    expect(gaps).toHaveLength(4);
    expect(gaps[0]).toMatchObject({
      probe: 'sockets',
      reason: expect.stringMatching(/tcp ipv4.*EPERM.*EACCES/),
    });
  });

  test('are kept where only one kind cannot be read', () => {
    const { sockets, gaps } = read({}, refusing(1, { tcp: HEAD, tcp6: HEAD, udp: HEAD }));
    expect(sockets).toEqual([]);
    expect(gaps).toHaveLength(1);
  });
});

describe('the owner of a socket', () => {
  test('is not looked for where there is no socket', () => {
    const empty = refusing(2, { tcp: HEAD, tcp6: HEAD, udp: HEAD, udp6: HEAD });
    const holders = () => expect.unreachable('it costs a look at every process');
    expect(readSockets({ files: memoryFiles() }, empty, { containers: [] }, holders)).toEqual({
      sockets: [],
      gaps: [],
    });
  });

  test('is every process that shares it, each once, and not hundreds of them', () => {
    const workers = Array.from({ length: 100 }, (_, index) =>
      processOf(100 + index, '41', 'socket:[77]', 'w\n'),
    );
    const links = Object.assign({ '/proc/100/fd/4': 'socket:[77]' }, ...workers.map((one) => one.links));
    const owners = read({ links, texts: Object.assign({}, ...workers.map((one) => one.texts)) }).sockets?.[0]
      ?.owners;
    expect(owners).toHaveLength(16);
    expect(new Set(owners?.map(({ pid }) => pid)).size).toBe(16);
  });

  const ownersOf = (...given: Parameters<typeof read>) => read(...given).sockets?.[0]?.owners;

  test('is named with its container, whose id its cgroup holds', () => {
    const one = processOf(12, '41', 'socket:[77]', 'httpd\n');
    expect(ownersOf(one, listening, [web])).toEqual([{ pid: 12, name: 'httpd', container: 'web' }]);
    const other = { ...web, id: 'beef' };
    expect(ownersOf(one, listening, [other])).toEqual([{ pid: 12, name: 'httpd' }]);
  });

  test('has a name that cannot move the cursor', () => {
    expect(ownersOf(processOf(12, '41', 'socket:[77]', '\u001b[2J\nx\n'))).toEqual([
      { pid: 12, name: '\\x1b[2J\\x0ax' },
    ]);
  });

  test('is found in another namespace, as Docker’s DNS server is', () => {
    expect(ownersOf(processOf(9, '1', 'socket:[77]', 'dockerd\n'))).toEqual([{ pid: 9, name: 'dockerd' }]);
  });

  test('is nobody where all could be looked at', () => {
    const { sockets, gaps } = read(processOf(12, '41', 'socket:[78]', 'httpd\n'));
    expect(sockets?.[0]?.owners).toEqual([]);
    expect(gaps).toEqual([]);
  });

  test('is unknown, and never nobody, where a process could not be looked at', () => {
    const files = memoryFiles(processOf(12, '41', 'socket:[77]', 'httpd\n'));
    const closed = {
      ...files,
      list: (path: string) => {
        if (path === '/proc/12/fd') throw denied;
        return files.list(path);
      },
    };
    const { sockets, gaps } = readWith(closed);
    expect(sockets?.[0]).not.toHaveProperty('owners');
    expect(gaps).toEqual([
      { probe: 'sockets', reason: expect.stringContaining('of one process'), needs: 'run as root' },
    ]);
  });

  test('is no reason to look at all of a process that holds a million descriptors', () => {
    const files = memoryFiles(processOf(12, '41', 'pipe:[1]', 'hog\n'));
    let looked = 0;
    const hog = {
      ...files,
      list: (path: string) =>
        path === '/proc/12/fd'
          ? Array.from({ length: 1_000_000 }, (_, index) => `${index}`)
          : files.list(path),
      readLink: (path: string) => {
        if (!path.includes('/fd/')) return files.readLink(path);
        looked += 1;
        return 'pipe:[1]';
      },
    };
    const { sockets, gaps } = readWith(hog);
    expect(looked).toBeLessThan(300_000);
    expect(sockets?.[0]).not.toHaveProperty('owners');
    expect(gaps).toHaveLength(1);
  });
});
