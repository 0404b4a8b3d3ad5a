/** FDB entries, one for one against `bridge fdb` in the same namespace, and whose MAC each is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FdbEntry } from '../../src/model/fdb.ts';
import type { FdbOwner } from '../../src/model/fdb-owner.ts';
import { type IpLink, sorted } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type Document = { readonly id: string; readonly fdb: readonly (FdbEntry & FdbOwner)[] };

const twin = '02:00:00:00:00:99';
const deep = '02:00:00:00:00:dd';

const build = `
  for n in a b c d deep; do ip netns add $n; done
  for bridge in br0 br1; do ip link add $bridge type bridge; ip link set $bridge up; done
  for n in a b c d; do
    ip link add to-$n type veth peer name eth0 netns $n
    ip link set to-$n master br0 up
  done
  # Two containers with one MAC on two networks, as a MAC that is fixed in a compose file makes them.
  ip link set to-b master br1
  for n in a b; do ip -n $n link set eth0 address ${twin}; done
  for n in a b c d; do ip -n $n link set eth0 up; done
  ip -n a addr add 10.9.0.1/24 dev eth0
  ip -n b addr add 10.8.0.1/24 dev eth0
  ip -n c addr add 10.9.0.3/24 dev eth0
  # Behind d's link there is a bridge, and behind that another namespace.
  ip -n d link add inner type bridge
  ip -n d link set inner up
  ip -n d link set eth0 master inner
  ip -n d link add to-deep type veth peer name eth0 netns deep
  ip -n d link set to-deep master inner up
  ip -n deep link set eth0 address ${deep} up
  ip -n deep addr add 10.9.0.4/24 dev eth0
  ip link add w type veth peer name w1
  ip link add vx type vxlan id 43 group 239.1.1.1 dev w dstport 8472
  bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.5 port 9 vni 7 via w
  bridge fdb add 02:00:00:00:00:80 dev vx dst 192.0.2.6
  bridge fdb add 02:00:00:00:00:77 dev to-c master static
  bridge fdb add 02:00:00:00:00:78 dev to-c master sticky static
  bridge fdb add 02:00:00:00:00:79 dev to-c master extern_learn
  bridge fdb add 02:00:00:00:00:81 dev br0 self
  bridge fdb add 02:00:00:00:00:83 dev w self
  bridge fdb add ${twin} dev w self
  ip addr add 10.9.0.254/24 dev br0
  ip addr add 10.8.0.254/24 dev br1
  ip netns exec b ping -c1 -W5 10.8.0.254
  ip netns exec a ping -c1 -W5 10.9.0.254
  ip netns exec c ping -c1 -W5 10.9.0.254
  ip netns exec deep ping -c1 -W5 10.9.0.254`;

type BridgeEntry = {
  readonly mac: string;
  readonly ifname: string;
  readonly master?: string;
  readonly vlan?: number;
  readonly dst?: string;
  readonly port?: number;
  readonly vni?: number;
  readonly viaIf?: string;
  readonly state: string;
  readonly flags: readonly string[];
};

describe('the FDB', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
  });
  afterAll(() => lab.dispose());

  const show = (target: string) => lab.netpeekJson<Document>(['show', target, 'fdb']);
  const ask = (target: string, argv: readonly string[]) =>
    lab.ok(target === 'host' ? argv : ['ip', 'netns', 'exec', target, ...argv]);

  const askBridge = async (target: string): Promise<readonly FdbEntry[]> => {
    const links: readonly IpLink[] = JSON.parse(await ask(target, ['ip', '-j', 'link']));
    const ifindexOf = (name: string) => links.find(({ ifname }) => ifname === name)?.ifindex ?? -1;
    const entries: readonly BridgeEntry[] = JSON.parse(await ask(target, ['bridge', '-j', '-d', 'fdb']));
    return entries.map(({ mac, ifname, master, vlan, dst, port, vni, viaIf, state, flags }) => ({
      mac,
      ifindex: ifindexOf(ifname),
      ...(master === undefined ? {} : { masterIfindex: ifindexOf(master) }),
      ...(vlan === undefined ? {} : { vlan }),
      ...(dst === undefined ? {} : { destination: dst }),
      ...(port === undefined ? {} : { port }),
      ...(vni === undefined ? {} : { vni }),
      ...(viaIf === undefined ? {} : { viaIfindex: ifindexOf(viaIf) }),
      // bridge(8) has no word for what it was told or has seen lately.
      state: state === '' ? 'reachable' : state,
      flags,
    }));
  };
  const withoutOwner = ({ owner: _owner, ownerUnknown: _why, ...entry }: FdbEntry & FdbOwner): FdbEntry =>
    entry;

  test.each(['host', 'a', 'd'])('of %s is what bridge shows of it', async (target) => {
    const { truth, claim } = await readWhileStill(
      () => askBridge(target),
      async () => (await show(target)).fdb.map(withoutOwner),
    );
    expect(sorted(claim)).toEqual(sorted(truth));
    expect(truth.length).toBeGreaterThan(0);
  });

  const ownerOf = async (mac: string, link: string): Promise<FdbOwner & FdbEntry> => {
    const index = JSON.parse(await lab.ok(['ip', '-j', 'link', 'show', 'dev', link]))[0].ifindex;
    const found = (await show('host')).fdb.find((entry) => entry.mac === mac && entry.ifindex === index);
    if (!found) throw new Error(`netpeek shows no ${mac} on ${link}`);
    return found;
  };
  const idOf = async (name: string) => (await show(name)).id;
  const macOf = async (namespace: string): Promise<string> =>
    JSON.parse(await lab.ok(['ip', '-n', namespace, '-j', 'link', 'show', 'dev', 'eth0']))[0].address;

  test('knows whose a learned MAC is', async () => {
    expect((await ownerOf(await macOf('c'), 'to-c')).owner).toEqual({
      namespace: await idOf('c'),
      ifindex: expect.any(Number),
      name: 'eth0',
    });
  });

  test('goes by the port, where two namespaces have the same MAC', async () => {
    for (const name of ['a', 'b']) {
      const learned = await ownerOf(twin, `to-${name}`);
      expect(learned.state).toBe('reachable');
      expect(learned.owner).toMatchObject({ namespace: await idOf(name), name: 'eth0' });
    }
  });

  test('does not choose between them where the port says nothing', async () => {
    expect(await ownerOf(twin, 'w')).toMatchObject({
      owner: null,
      ownerUnknown: '2 links have this MAC: a/eth0, b/eth0',
    });
  });

  test('finds the owner behind another bridge', async () => {
    expect((await ownerOf(deep, 'to-d')).owner).toMatchObject({ namespace: await idOf('deep') });
  });

  test('knows the bridge’s own ports, and says what it does not know', async () => {
    const toA = JSON.parse(await lab.ok(['ip', '-j', 'link', 'show', 'dev', 'to-a']))[0];
    expect(await ownerOf(toA.address, 'to-a')).toMatchObject({
      state: 'permanent',
      owner: { namespace: await idOf('host'), name: 'to-a' },
    });
    expect((await ownerOf('02:00:00:00:00:77', 'to-c')).ownerUnknown).toMatch(/no link that was read/);
    expect((await ownerOf('02:00:00:00:00:80', 'vx')).ownerUnknown).toBe('on the machine 192.0.2.6');
    expect((await ownerOf('33:33:00:00:00:01', 'w')).owner).toBeNull();
  });

  test('reads with names', async () => {
    const { stdout } = await lab.netpeek(['show', 'host', 'fdb']);
    expect(stdout).toMatch(new RegExp(`^${twin} +to-a +br0 +a/eth0 .*reachable`, 'm'));
    expect(stdout).toMatch(/^00:00:00:00:00:00 +vx .*192\.0\.2\.5 port 9 vni 7 via w .*permanent +self/m);
  });
});
