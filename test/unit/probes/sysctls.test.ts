import { describe, expect, test } from 'vitest';
import { readSysctls } from '../../../probes/sysctls.ts';
import { SystemError } from '../../../src/system/system.ts';
import { scriptedHandle } from '../../helpers/scripted-system.ts';

/** A namespace with these links and values; what is not among them is not there. */
const handleOf = (links: readonly string[], values: Readonly<Record<string, string>>, asked: string[] = []) =>
  scriptedHandle('41', {
    list: () => links,
    readText: (path) => {
      asked.push(path);
      const value = values[path.slice('/proc/sys/net/'.length)];
      if (value === undefined) throw new SystemError('ENOENT', `read ${path}`);
      return value;
    },
  });

describe('the sysctls of a namespace', () => {
  test('are those of the namespace and of each of its links, by path', () => {
    const values = {
      'ipv4/ip_forward': '1\n',
      'ipv4/ip_local_port_range': '32768\t60999\n',
      'netfilter/nf_conntrack_max': '262144\n',
      'ipv4/conf/all/forwarding': '1\n',
      'ipv4/conf/eth0/forwarding': '0\n',
      'ipv4/conf/eth0/rp_filter': '2\n',
      'ipv6/conf/eth0/forwarding': '1\n',
      'ipv6/conf/eth0/accept_ra': '2\n',
    };
    expect(readSysctls(handleOf(['all', 'eth0'], values))).toEqual({
      'ipv4/ip_forward': '1',
      'ipv4/ip_local_port_range': '32768 60999',
      'netfilter/nf_conntrack_max': '262144',
      'ipv4/conf/all/forwarding': '1',
      'ipv4/conf/eth0/forwarding': '0',
      'ipv4/conf/eth0/rp_filter': '2',
      'ipv6/conf/eth0/forwarding': '1',
      'ipv6/conf/eth0/accept_ra': '2',
    });
  });

  test('cost one question for a link that has gone', () => {
    const asked: string[] = [];
    readSysctls(handleOf(['gone'], {}, asked));
    expect(asked.filter((path) => path.includes('/gone/'))).toHaveLength(2);
  });

  test('have names that are safe to print', () => {
    const sysctls = readSysctls(handleOf(['\u001b[2J'], { 'ipv4/conf/\u001b[2J/forwarding': '1\n' }));
    expect(sysctls).toEqual({ 'ipv4/conf/\\x1b[2J/forwarding': '1' });
  });

  test('throw where nothing can be read', () => {
    const handle = scriptedHandle('41', {
      list: () => {
        throw new SystemError('EACCES', 'list');
      },
    });
    expect(() => readSysctls(handle)).toThrow('EACCES');
  });
});
