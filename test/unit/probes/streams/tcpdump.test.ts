import { describe, expect, test } from 'vitest';
import { parseComplaint, parseDropped, tcpdumpCommand } from '../../../../probes/streams/tcpdump.ts';

describe('the tcpdump command', () => {
  test('prints lines of one link at once', () => {
    expect(tcpdumpCommand({ link: 'eth0', filter: '', format: 'text' })).toEqual([
      'tcpdump',
      '--immediate-mode',
      '-n',
      '-i',
      'eth0',
      '-l',
      '--',
    ]);
  });

  test('writes packets of every link, so many', () => {
    expect(tcpdumpCommand({ filter: 'icmp', count: 3, format: 'pcap' })).toEqual([
      'tcpdump',
      '--immediate-mode',
      '-n',
      '-i',
      'any',
      '-U',
      '-w',
      '-',
      '-c',
      '3',
      '--',
      'icmp',
    ]);
  });

  test.each(['-w/etc/passwd', '--help', '-z sh', 'tcp port 80'])(
    'can not be bent by the filter %s',
    (filter) => {
      const command = tcpdumpCommand({ link: 'eth0', filter, format: 'text' });
      expect(command.slice(command.indexOf('--'))).toEqual(['--', filter]);
    },
  );

  test('takes a link that looks like an option as the value of -i', () => {
    const command = tcpdumpCommand({ link: '--help', filter: '', format: 'text' });
    expect(command[command.indexOf('-i') + 1]).toBe('--help');
  });

  test('is given a link’s name as the kernel has it, not as it is shown', () => {
    const linkGiven = (link: string) => {
      const command = tcpdumpCommand({ link, filter: '', format: 'text' });
      return command[command.indexOf('-i') + 1];
    };
    expect([linkGiven('e\\x1b'), linkGiven('e\\x5cx1b'), linkGiven('back\\slash')]).toEqual([
      'e\u001b',
      'e\\x1b',
      'back\\slash',
    ]);
  });
});

/** As tcpdump 4.99 writes it. */
const REPORT = `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
3 packets captured
4 packets received by filter
0 packets dropped by kernel
`;

describe('what tcpdump says on stderr', () => {
  test('at its end tells how many packets were dropped', () => {
    expect(
      REPORT.split('\n')
        .map(parseDropped)
        .filter((count) => count !== undefined),
    ).toEqual([0]);
    expect(parseDropped('1 packet dropped by kernel')).toBe(1);
    expect(parseDropped('12 packets captured')).toBeUndefined();
  });

  test('in a usual run is no complaint', () => {
    expect(parseComplaint(REPORT)).toBeUndefined();
    expect(
      parseComplaint('tcpdump: data link type LINUX_SLL2\ntcpdump: listening on any, link-type LINUX_SLL2\n'),
    ).toBeUndefined();
  });

  test.each([
    ["tcpdump: can't parse filter expression: syntax error\n", "can't parse filter expression: syntax error"],
    [
      'tcpdump: nosuch: No such device exists\n(No such device)\n',
      'nosuch: No such device exists; (No such device)',
    ],
    [
      "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
      "eth0: You don't have permission to perform this capture on that device; (socket: Operation not permitted)",
    ],
    [`${REPORT}tcpdump: pcap_loop: The interface disappeared\n`, 'pcap_loop: The interface disappeared'],
    ['tcpdump: evil\u001b[2J: No such device exists\n', 'evil\\x1b[2J: No such device exists'],
  ])('of %j is told in its own words', (stderr, complaint) => {
    expect(parseComplaint(stderr)).toBe(complaint);
  });
});
