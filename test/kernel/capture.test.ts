/** tcpdump in other namespaces: what is seen, what is written, and what is left when it ends. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { readPcapng } from '../helpers/pcap-bytes.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

describe('a capture', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      for name in a b; do ip netns add $name; done
      ip link add eth0 netns a type veth peer name eth0 netns b
      ip -n a addr add 10.0.0.1/24 dev eth0
      ip -n b addr add 10.0.0.2/24 dev eth0
      ip -n a link set eth0 up
      ip -n b link set eth0 up`);
    // Something to see from now on.
    const ping = await lab.spawn(['ip', 'netns', 'exec', 'a', 'ping', '-i', '0.1', '10.0.0.2']);
    await ping.waitForOutput(/bytes from/);
  });
  afterAll(() => lab.dispose());

  const capture = async (...args: readonly string[]) => withoutStack(await lab.netpeek(['capture', ...args]));
  const tcpdumps = async () => {
    const all = (await lab.ok(['ps', '-eo', 'pid=,comm='])).trim().split('\n');
    return all.filter((line) => line.endsWith(' tcpdump')).map((line) => Number.parseInt(line, 10));
  };

  test('shows a ping between two namespaces, and ends after the count', async () => {
    const { stdout, exitCode } = await capture('a/eth0', '-c', '3', '--', 'icmp[icmptype] == icmp-echo');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatch(/^[\d:.]+ IP 10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request/);
    expect(exitCode).toBe(0);
  });

  test('of a whole namespace says which link', async () => {
    expect((await capture('a', '-c', '1', '--', 'icmp')).stdout).toMatch(/eth0 +(In|Out) +IP 10\.0\.0/);
  });

  test('of several targets says of each line where it was seen', async () => {
    const { stdout } = await capture('a/eth0', 'b', '-c', '2', '--', 'icmp');
    const places = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(places.sort()).toEqual(['a/eth0', 'a/eth0', 'b', 'b']);
  });

  test('of a path taps each hop of it, and sees that flow alone', async () => {
    const { stdout, stderr, exitCode } = await capture('--path', 'a', '10.0.0.2', '-c', '2');
    expect(stderr).toContain('at a/eth0, b/eth0: icmp and (host 10.0.0.1 or host 10.0.0.2)');
    const places = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(places.sort()).toEqual(['a/eth0', 'a/eth0', 'b/eth0', 'b/eth0']);
    expect(exitCode).toBe(0);
  });

  test('of a path needs both its ends', async () => {
    const { stderr, exitCode } = await capture('--path', 'a', 'b', 'a');
    expect(stderr).toContain('--path takes FROM and TO');
    expect(exitCode).toBe(2);
  });

  test('as JSON is one object a line', async () => {
    const { stdout } = await capture('a/eth0', '--json', '-c', '2', '--', 'icmp');
    for (const line of stdout.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ target: 'a/eth0', text: expect.stringContaining('ICMP') });
  });

  test('written to a file is pcapng that tcpdump reads, with the names of the links', async () => {
    const file = `${lab.directory}/both.pcapng`;
    const { stdout, exitCode } = await capture('a/eth0', 'b/eth0', '-c', '3', '-w', file, '--', 'icmp');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    const { interfaces, packets } = readPcapng(readFileSync(file));
    expect(interfaces.map(({ name }) => name).sort()).toEqual(['a/eth0', 'b/eth0']);
    expect(packets.map(({ link }) => link).sort()).toEqual([
      'a/eth0',
      'a/eth0',
      'a/eth0',
      'b/eth0',
      'b/eth0',
      'b/eth0',
    ]);
    const read = await lab.ok(['tcpdump', '-n', '-r', file]);
    expect(read.match(/ICMP echo/g)).toHaveLength(6);
  });

  test('written to stdout is the same, with nothing in between', async () => {
    const file = `${lab.directory}/piped.pcapng`;
    await lab.ok(['sh', '-c', `"$0" "$1" capture a/eth0 -c 2 -w - -- icmp > ${file}`, node, program]);
    expect(readPcapng(readFileSync(file)).packets).toHaveLength(2);
  });

  test('with a bad filter fails in tcpdump’s own words', async () => {
    expect(await capture('a/eth0', '--', 'no', 'such', 'filter')).toMatchObject({
      exitCode: 5,
      stderr: "netpeek: capture in a/eth0: can't parse filter expression: syntax error\n",
    });
  });

  test('ends with Ctrl-C, with what it saw, and leaves no tcpdump', async () => {
    const running = await lab.spawn([node, program, 'capture', 'a/eth0', 'b/eth0', '--', 'icmp']);
    await running.waitForOutput(/^a\/eth0 .*ICMP/m);
    await running.waitForOutput(/^b\/eth0 .*ICMP/m);
    expect(withoutStack(await running.stop('SIGINT')).exitCode).toBe(0);
    expect(await tcpdumps()).toEqual([]);
  });

  test('without tcpdump names the package', async () => {
    await lab.ok('mkdir /run/few; ln -s "$(command -v ip)" /run/few/ip');
    const bare = ['env', 'PATH=/run/few', node, program, 'capture', 'a/eth0'];
    expect(withoutStack(await lab.run(bare))).toMatchObject({
      exitCode: 4,
      stderr: 'netpeek: tcpdump is not installed: apt install tcpdump\n',
    });
  });

  test('that was killed leaves a tcpdump, and the next capture ends it', async () => {
    // A filter that nothing matches: with a packet to write, tcpdump would notice by itself that nobody reads.
    const running = await lab.spawn([node, program, 'capture', 'a/eth0', '--', 'udp', 'port', '9']);
    const [left = -1] = await waitFor('tcpdump to capture', async () => {
      const pids = await tcpdumps();
      const sockets = await lab.ok(['ip', 'netns', 'exec', 'a', 'cat', '/proc/net/packet']);
      return sockets.trim().split('\n').length > 1 && pids.length > 0 && pids;
    });
    await running.stop('SIGKILL');
    expect(await tcpdumps()).toEqual([left]);
    await capture('b/eth0', '-c', '1', '--', 'icmp');
    await waitFor('the left tcpdump to end', async () => !(await tcpdumps()).includes(left));
  });

  test('does not end another netpeek’s tcpdump, nor anybody else’s', async () => {
    const other = await lab.spawn([node, program, 'capture', 'a/eth0', '--', 'icmp']);
    const foreign = await lab.spawn([
      'ip',
      'netns',
      'exec',
      'a',
      'tcpdump',
      '-l',
      '-n',
      '-i',
      'eth0',
      'icmp',
    ]);
    await other.waitForOutput(/ICMP/);
    await foreign.waitForOutput(/ICMP/);
    const before = await tcpdumps();
    expect(before).toHaveLength(2);
    await capture('b/eth0', '-c', '1', '--', 'icmp');
    expect(await tcpdumps()).toEqual(before);
    await other.stop('SIGINT');
    await foreign.stop('SIGINT');
  });
});
