/** A snapshot taken by root, and read by somebody who may read nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout } from '../helpers/paths.ts';
import { findSchemaBreaches } from '../helpers/snapshot-schema.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const OPEN_CHECKOUT = '/run/checkout';
const FILE = '/run/picture.json';

describe('a snapshot', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      mkdir ${OPEN_CHECKOUT}
      mount --bind ${checkout} ${OPEN_CHECKOUT}
      ip link add br0 type bridge
      ip link set br0 up
      ip addr add 10.0.0.1/24 dev br0
      for n in 2 3; do
        ip netns add web$n
        ip link add to-web$n type veth peer name eth0 netns web$n
        ip link set to-web$n master br0 up
        ip -n web$n addr add 10.0.0.$n/24 dev eth0
        ip -n web$n link set eth0 up
        ip -n web$n route add default via 10.0.0.1
      done
      iptables-nft -t nat -A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE
      ip link add "$(printf 'evil\\033[2J')" type bridge`);
    // Until then the kernel itself changes addresses (RFC 4862, duplicate address detection).
    const tentative = 'ip -6 addr show tentative; for n in 2 3; do ip -n web$n -6 addr show tentative; done';
    await waitFor('addresses to be settled', async () => (await lab.ok(tentative)) === '');
    const { exitCode, stderr } = await lab.netpeek(['snapshot', '-o', FILE]);
    expect(exitCode, stderr).toBe(0);
    await lab.ok(`cp ${FILE} /run/open.json; chmod 644 /run/open.json`);
  });
  afterAll(() => lab.dispose());

  const asNobody = async (...args: readonly string[]) => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const self = [`${OPEN_CHECKOUT}/node_modules/.bin/node`, `${OPEN_CHECKOUT}/dist/main.js`];
    return withoutStack(await lab.run([...nobody, ...self, '--snapshot', '/run/open.json', ...args]));
  };

  test('is for its owner alone, and fits the schema', async () => {
    expect(await lab.ok(['stat', '-c', '%a', FILE])).toBe('600\n');
    const { stdout } = await lab.netpeek(['snapshot']);
    expect(findSchemaBreaches(JSON.parse(stdout))).toEqual([]);
    expect(findSchemaBreaches(JSON.parse(await lab.ok(['cat', FILE])))).toEqual([]);
  });

  test.each([
    [['ls']],
    [['ls', 'web2']],
    [['veth']],
    [['veth', 'web2']],
    [['show', 'web2', 'addresses', 'routes']],
    [['show', 'host', 'nat']],
  ])('answers %j without root as the machine did', async (args) => {
    const file = await asNobody(...args, '--json');
    const live = await lab.netpeek([...args, '--json']);
    expect(file.stderr).toBe('');
    expect(settled(file.stdout)).toEqual(settled(live.stdout));
  });

  test('prints the same tables', async () => {
    for (const args of [
      ['ls', 'web2'],
      ['veth', 'web2'],
      ['show', 'web2', 'routes'],
    ])
      expect((await asNobody(...args)).stdout).toBe((await lab.netpeek(args)).stdout);
  });

  test('knows the nearest names, and whom it does not hold', async () => {
    expect(await asNobody('ls', 'wbe2')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('did you mean web2'),
    });
    expect((await asNobody('ls', 'pid:999999')).exitCode).toBe(3);
  });

  test.each([['capture', 'web2'], ['exec', 'web2'], ['netns', 'ls'], ['snapshot']])(
    'cannot stand in for %s',
    async (...args) => {
      expect(await asNobody(...args)).toMatchObject({ exitCode: 2, stdout: '' });
    },
  );

  test('that is cut off, of another kind or not there ends with exit code 5 and one line', async () => {
    await lab.ok(`head -c 1000 ${FILE} > /run/cut.json; echo '{"schema":"netpeek.ls/1"}' > /run/other.json`);
    for (const file of ['/run/cut.json', '/run/other.json', '/run/none.json', '/dev/zero']) {
      const finished = withoutStack(await lab.netpeek(['--snapshot', file, 'ls']));
      expect(finished).toMatchObject({ exitCode: 5, stdout: '' });
      expect(finished.stderr).toMatch(/^netpeek: [^\n]+\n$/);
    }
  });

  test('that cannot be written leaves nothing behind', async () => {
    expect(await lab.netpeek(['snapshot', '-o', '/proc/nowhere/x'])).toMatchObject({
      exitCode: 5,
      stderr: 'netpeek: cannot write /proc/nowhere/x: ENOENT\n',
    });
  });
});

/** Without what changes by itself between two looks: the time, processes (netpeek itself is one) and counters. */
function settled(text: string): unknown {
  const changing = ['takenAt', 'pids', 'stats', 'counters'];
  return JSON.parse(text, (key, value) => (changing.includes(key) ? null : value));
}
