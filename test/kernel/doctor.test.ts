/** What the doctor says of machines that lack something. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const OPEN_CHECKOUT = '/run/checkout';

type Finding = {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly advice?: string;
};

describe('doctor', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(
      `mkdir ${OPEN_CHECKOUT}; mount --bind ${checkout} ${OPEN_CHECKOUT}; ip netns add web; ip -n web link set lo up`,
    );
  });
  afterAll(() => lab.dispose());

  const self = [
    `${OPEN_CHECKOUT}/node_modules/.bin/node`,
    `${OPEN_CHECKOUT}/dist/main.js`,
    'doctor',
    '--json',
  ];
  const examine = async (argv: readonly string[]) => {
    const { stdout, stderr, exitCode } = withoutStack(await lab.run([...argv, ...self]));
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return { exitCode, finding: (name: string) => findings.find((one) => one.name === name) };
  };

  test('finds what is there', async () => {
    const { exitCode, finding } = await examine([]);
    expect(exitCode).toBe(0);
    for (const name of [
      'rights',
      'setns',
      'rtnetlink',
      'nf_tables',
      'conntrack',
      'sock_diag',
      'tcpdump',
      'nft',
    ])
      expect(finding(name)).toMatchObject({ state: 'ok' });
    expect(finding('rtnetlink')?.detail).toBe(
      `${JSON.parse(await lab.ok(['ip', '-j', 'link'])).length} link`,
    );
    expect(finding('surroundings')).toMatchObject({
      state: 'warn',
      detail: expect.stringContaining('processes outside are not seen'),
    });
    expect(finding('leftovers')).toMatchObject({ state: 'ok' });
    expect(finding('kernel')?.detail).toBe((await lab.ok(['uname', '-r'])).trim());
  });

  test('without root says what is missing, and ends with 4', async () => {
    const { exitCode, finding } = await examine([
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
    ]);
    expect(exitCode).toBe(4);
    expect(finding('rights')).toMatchObject({ state: 'missing', advice: 'run as root' });
    expect(finding('rights')?.detail).toMatch(/^user 65534 lacks CAP_SYS_ADMIN/);
    expect(finding('nf_tables')).toMatchObject({ state: 'warn', detail: 'not answered: EPERM' });
  });

  test('names the one right that is missing', async () => {
    const { exitCode, finding } = await examine([
      'setpriv',
      '--bounding-set=-net_raw',
      '--inh-caps=-net_raw',
    ]);
    expect(exitCode).toBe(0);
    expect(finding('rights')).toMatchObject({
      state: 'warn',
      detail: 'root lacks CAP_NET_RAW (to capture packets)',
    });
  });

  test('without tools says which package has them', async () => {
    const { exitCode, finding } = await examine(['env', 'PATH=/nowhere']);
    expect(exitCode).toBe(0);
    expect(finding('tcpdump')).toEqual({
      name: 'tcpdump',
      state: 'warn',
      detail: 'not installed: captures',
      advice: 'apt install tcpdump',
    });
    expect(finding('nft')?.advice).toBe('apt install nftables');
  });

  test('with an engine that was named and does not answer ends with 4', async () => {
    const finished = await lab.netpeek(['doctor', '--docker-host', 'unix:///nowhere.sock']);
    expect(finished.exitCode).toBe(4);
    expect(finished.stdout).toMatch(/^missing +engine +none at unix:\/\/\/nowhere\.sock \(ENOENT\)/m);
  });

  test('finds the capture that a killed netpeek left behind', async () => {
    const capture = await lab.spawn([node, `${checkout}/dist/main.js`, 'capture', 'web']);
    // It says what it does before it prints packets, and would end of a closed pipe.
    await waitFor('a packet to be seen', async () => {
      await lab.ok(['ip', 'netns', 'exec', 'web', 'ping', '-c1', '127.0.0.1']);
      return capture.stdout().includes('ICMP');
    });
    const tcpdump = (await lab.ok(['pidof', 'tcpdump'])).trim();
    await capture.stop('SIGKILL');
    const { finding } = await examine([]);
    expect(finding('leftovers')).toMatchObject({
      state: 'warn',
      detail: `1 capture without an owner (pid ${tcpdump})`,
      advice: `kill ${tcpdump}`,
    });
    await lab.ok(['kill', tcpdump]);
  });
});
