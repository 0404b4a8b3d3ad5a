/** The waiting sockets of a namespace, one for one against ss(8) in that namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseProcTable } from '../../probes/sockets/parse-proc-table.ts';
import type { Gap } from '../../src/model/gap.ts';
import type { Socket } from '../../src/model/socket.ts';
import { type Ask, readIpLinks, sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { checkout, node } from '../helpers/paths.ts';
import { readSs } from '../helpers/ss.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type SocketsDocument = { readonly gaps: readonly Gap[]; readonly sockets: readonly Socket[] | null };

/** Opens sockets of every kind, one of them by a user without rights, and says `ready`. */
const listeners = `
  const { createServer } = require('node:net');
  const { createSocket } = require('node:dgram');
  const tcp = (options) => new Promise((done) => createServer(() => {}).listen(options, done));
  const udp = (type, port, address, more) =>
    new Promise((done) => createSocket({ type, ...more }).bind(port, address, done));
  process.title = 'evil\\u001b[2J';
  (async () => {
    await tcp({ port: 80, host: '0.0.0.0', backlog: 5 });
    await tcp({ port: 81, host: '::' });
    await tcp({ port: 82, host: '::', ipv6Only: true });
    await tcp({ port: 83, host: '127.0.0.1' });
    await tcp({ port: 84, host: 'fd00::2' });
    await udp('udp4', 53, '10.0.0.2');
    await udp('udp6', 53, '::1', { ipv6Only: true });
    await udp('udp6', 54);
    process.setuid(1234);
    await tcp({ port: 8080, host: '0.0.0.0' });
    console.log('ready');
  })();`;

/** Listens and never accepts. */
const asleep = `
  require('node:net').createServer().listen({ port: 85, host: '10.0.0.2', backlog: 7 }, () => {
    require('node:fs').writeSync(1, 'ready');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** Two connections that stay. */
const clients = `
  const { connect } = require('node:net');
  let left = 2;
  for (let index = 0; index < 2; index += 1) connect(85, '10.0.0.2', () => --left || console.log('ready'));`;

describe('the sockets of a namespace', () => {
  let lab: Lab;
  const inside = (...argv: readonly string[]) => ['ip', 'netns', 'exec', 's', ...argv];
  const ask: Ask = (argv) => lab.ok(inside(...argv));
  const show = (target: string) => lab.netpeekJson<SocketsDocument>(['show', target, 'sockets']);
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(`
      ip netns add s
      ip netns add empty
      ip -n s link set lo up
      ip -n s link add eth0 type bridge
      ip -n s link set eth0 up
      ip -n s addr add 10.0.0.2/24 dev eth0
      ip -n s addr add fd00::2/64 dev eth0 nodad
      printf 'start 10.0.0.10\\nend 10.0.0.20\\ninterface eth0\\nlease_file /run/leases\\n' > /run/udhcpd.conf
      touch /run/leases`);
    await (await lab.spawn(inside(node, '-e', listeners))).waitForOutput(/ready/);
    await lab.spawn(inside('busybox', 'udhcpd', '-f', '-I', '10.0.0.2', '/run/udhcpd.conf'));
    await waitFor('udhcpd to listen', async () => (await readSs(ask)).some(({ port }) => port === 67));
  });
  afterAll(() => lab.dispose());

  const readBoth = async () => {
    const links = new Map((await readIpLinks(ask)).map(({ ifindex, ifname }) => [ifindex, ifname]));
    const { truth, claim } = await readWhileStill(
      () => readSs(ask),
      async () => await show('s'),
    );
    expect(claim.gaps.filter(({ probe }) => probe === 'sockets')).toEqual([]);
    const told = (claim.sockets ?? []).map(({ ifindex, owners, ...socket }) => ({
      ...socket,
      ...(ifindex === undefined ? {} : { link: links.get(ifindex) }),
      pids: owners?.map(({ pid }) => pid),
    }));
    return { truth, told, sockets: claim.sockets ?? [] };
  };

  test('are those that ss shows, with queue, backlog, user, inode, link and process', async () => {
    const { truth, told } = await readBoth();
    expect(sorted(told)).toEqual(sorted(truth));
    expect(truth).toHaveLength(10);
    const at = (port: number) => told.filter((socket) => socket.port === port);
    expect(at(80)).toMatchObject([{ address: '0.0.0.0', backlog: 5, uid: 0 }]);
    expect(at(82)).toMatchObject([{ family: 'ipv6', v6only: true }]);
    expect(at(67)).toMatchObject([{ link: 'eth0' }]);
    expect(at(8080)).toMatchObject([{ uid: 1234 }]);
  });

  test('name their processes, and no name can move the cursor', async () => {
    const { sockets } = await readBoth();
    const nameAt = (wanted: number) => sockets.find(({ port }) => port === wanted)?.owners?.[0]?.name;
    expect(nameAt(80)).toBe('evil\\x1b[2J');
    expect(nameAt(67)).toBe('busybox');
    const { stdout } = await lab.netpeek(['show', 's', 'sockets']);
    expect(stdout).toMatch(/tcp +0\.0\.0\.0:80 +listen +0\/5 +evil\\x1b\[2J \(\d+\)/);
    expect(stdout).not.toContain('\u001b');
  });

  test('are the same in /proc/net, as far as that tells', async () => {
    const { sockets } = await readBoth();
    const tables = await Promise.all(
      (['tcp', 'udp'] as const).flatMap((protocol) =>
        (['ipv4', 'ipv6'] as const).map(async (family) => {
          const file = `/proc/net/${protocol}${family === 'ipv6' ? '6' : ''}`;
          return parseProcTable(await ask(['cat', file]), { protocol, family });
        }),
      ),
    );
    const less = sockets.map(({ owners: _o, backlog: _b, v6only: _v, ifindex: _i, ...socket }) => socket);
    expect(sorted(tables.flat())).toEqual(sorted(less));
  });

  test('show how many connections wait to be accepted', async () => {
    await (await lab.spawn(inside(node, '-e', asleep))).waitForOutput(/ready/);
    await (await lab.spawn(inside(node, '-e', clients))).waitForOutput(/ready/);
    const { truth, told } = await readBoth();
    expect(told.find(({ port }) => port === 85)).toMatchObject({ receiveQueue: 2, backlog: 7 });
    expect(sorted(told)).toEqual(sorted(truth));
  });

  test('of another namespace are not shown: an empty one has none', async () => {
    expect((await show('empty')).sockets).toEqual([]);
  });

  test('of the kernel itself belong to no process', async () => {
    await lab.ok('ip netns add k; ip -n k link add vx type vxlan id 7 dstport 4789; ip -n k link set vx up');
    const { sockets } = await show('k');
    expect(sockets?.map(({ port, owners }) => ({ port, owners }))).toContainEqual({ port: 4789, owners: [] });
  });

  test('have unknown processes, and never none, for a user who may not look at them', async () => {
    // The checkout may lie where only root gets to.
    await lab.ok(`mkdir /run/checkout; mount --bind ${checkout} /run/checkout`);
    const local = listeners.replaceAll('10.0.0.2', '127.0.0.1').replaceAll('fd00::2', '::1');
    await (await lab.spawn([node, '-e', local])).waitForOutput(/ready/);
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const self = ['/run/checkout/node_modules/.bin/node', '/run/checkout/dist/main.js'];
    const { stdout } = await lab.run([...nobody, ...self, 'show', 'host', 'sockets', '--json']);
    const { sockets, gaps } = JSON.parse(stdout) as SocketsDocument;
    expect(sockets?.map(({ port }) => port)).toContain(8080);
    expect(sockets?.filter(({ owners }) => owners !== undefined)).toEqual([]);
    expect(gaps).toContainEqual(expect.objectContaining({ probe: 'sockets', needs: 'run as root' }));
  });
});
