/** What links are beyond their wiring, link for link against `ip -d link` and `bridge -d link` in the same namespace. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Link } from '../../src/model/link.ts';
import { type Extra, readIpExtras } from '../helpers/iproute2-details.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { readWhileStill } from '../helpers/while-still.ts';

type Document = { readonly target: string; readonly id: string; readonly links: readonly Link[] };

const macvlanModes = ['private', 'vepa', 'bridge', 'passthru', 'source'];
/** As they are numbered; `blocking`, the fifth, cannot be set while no spanning tree runs. */
const settableStates = ['disabled', 'listening', 'learning', 'forwarding'];

const build = `
  ip netns add a
  ip netns add b
  ip link add plain type bridge
  ip link add tuned type bridge stp_state 1 forward_delay 400 ageing_time 12000 priority 4096 group_fwd_mask 8 mcast_snooping 0 nf_call_iptables 1
  ip link set plain up
  ip link set tuned up
  ip link add ring type bridge stp_state 1 hello_time 100
  ip link add ring0 type veth peer name ring1
  for link in ring0 ring1; do ip link set $link master ring up; done
  ip link set ring up
  ip link add odd type veth peer name odd1
  ip link set odd master tuned
  ip link set odd type bridge_slave isolated on hairpin on guard on learning off flood off mcast_flood off bcast_flood off locked on cost 7 priority 9
  ${settableStates
    .map(
      (_, state) => `
    ip link add s${state} type veth peer name e${state}
    ip link set e${state} up
    ip link set s${state} master plain up`,
    )
    .join('')}
  ${macvlanModes
    .map(
      (mode) => `
    ip link add under-${mode} type veth peer name far-${mode}
    ip link add mv-${mode} link under-${mode} type macvlan mode ${mode}`,
    )
    .join('')}
  ip link add tap0 link under-vepa type macvtap mode vepa
  ip link add w type veth peer name w1
  ip link set w alias 'the way out' txqueuelen 55 promisc on arp off
  ip link add vx-remote type vxlan id 42 remote 192.0.2.9 local 192.0.2.1 dev w dstport 4789 nolearning ageing 60
  ip link add vx-group type vxlan id 43 group 239.1.1.1 dev w dstport 8472
  ip link add vx-six type vxlan id 44 remote fd00::9 dstport 4790
  ip link add vx-external type vxlan external dstport 9999
  ip tuntap add tap-owned mode tap user 54321 group 54322
  ip tuntap add tun-many mode tun multi_queue
  ip link add ifb9 type ifb
  ip link add away link w type macvlan mode bridge
  ip link set away netns a
  ip link add vx-away index 88 type vxlan id 45 remote 192.0.2.9 dev w dstport 4791
  ip link set vx-away netns a
  ip link add vx-loose index 89 type vxlan id 46 dstport 4792
  ip link set vx-loose netns a
  ip -n a link add again link away type macvlan mode bridge
  ip -n a link set again netns b
  # Decoys: in b, links with the numbers that the links in a name.
  ip -n b link add d1 index 88 type veth peer name d2 index 89`;

describe('a link', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
    // A state that is set before the carrier is noticed is lost: the bridge then begins anew with the port.
    await waitFor('ports to forward', async () => {
      const states = await bridgeStates();
      return settableStates.every((_, state) => states.get(`s${state}`) === 'forwarding');
    });
    await lab.ok(settableStates.map((_, state) => `bridge link set dev s${state} state ${state}`).join('\n'));
    // The bridge hears itself on its second port.
    await waitFor('a port to be blocked', async () => (await bridgeStates()).get('ring1') === 'blocking');
  });
  afterAll(() => lab.dispose());

  const bridgeStates = async (): Promise<ReadonlyMap<string, string>> => {
    const links: readonly { ifname: string; state: string }[] = JSON.parse(
      await lab.ok(['bridge', '-j', '-d', 'link']),
    );
    return new Map(links.map(({ ifname, state }) => [ifname, state]));
  };
  const show = (target: string) => lab.netpeekJson<Document>(['show', target, 'links']);
  const ask = (target: string) => (argv: readonly string[]) =>
    lab.ok(target === 'host' ? argv : ['ip', 'netns', 'exec', target, ...argv]);
  const linkOf = async (target: string, name: string): Promise<Link> => {
    const found = (await show(target)).links.find((link) => link.name === name);
    if (!found) throw new Error(`netpeek shows no ${target}/${name}`);
    return found;
  };
  const extraOf = ({
    ifindex,
    name,
    promiscuity = -1,
    txQueueLength = -1,
    alias,
    noArp,
    details,
    port,
  }: Link): Extra => ({
    ifindex,
    name,
    promiscuity,
    txQueueLength,
    ...(alias === undefined ? {} : { alias }),
    ...(noArp === undefined ? {} : { noArp }),
    ...(details === undefined ? {} : { details }),
    ...(port === undefined ? {} : { port }),
  });

  test.each(['host', 'a', 'b'])('of %s tells what ip tells of it', async (target) => {
    const { truth, claim } = await readWhileStill(
      async () => [...(await readIpExtras(ask(target)))].sort((a, b) => a.ifindex - b.ifindex),
      async () => (await show(target)).links.map(extraOf),
    );
    expect(claim).toEqual(truth);
  });

  test('that is a port has the state that bridge shows, in each of the five', async () => {
    const { truth, claim } = await readWhileStill(
      async () => [...(await bridgeStates())].sort(),
      async () =>
        (await show('host')).links.flatMap(({ name, port }) =>
          port?.kind === 'bridge' ? [{ name, port }] : [],
        ),
    );
    expect(claim.map(({ name, port }) => [name, port.state]).sort()).toEqual(truth);
    const stateOf = new Map(truth);
    expect(settableStates.map((_, state) => stateOf.get(`s${state}`))).toEqual(settableStates);
    expect(stateOf.get('ring1')).toBe('blocking');
  });

  test('that sends on another one names it', async () => {
    const { id, links } = await show('host');
    const [under] = links.filter(({ name }) => name === 'under-vepa');
    for (const name of ['mv-vepa', 'tap0'])
      expect(links.find((link) => link.name === name)?.parent).toEqual({
        namespace: id,
        ifindex: under?.ifindex,
        name: 'under-vepa',
      });
    expect(links.find(({ name }) => name === 'vx-remote')?.parent).toMatchObject({ name: 'w' });
    expect(links.find(({ name }) => name === 'vx-external')).not.toHaveProperty('parent');
  });

  test('that sends on one in another namespace names it there, however often it was moved', async () => {
    const host = await show('host');
    const w = host.links.find(({ name }) => name === 'w');
    const parent = { namespace: host.id, ifindex: w?.ifindex, name: 'w' };
    expect(w?.ifindex).toBeGreaterThan(1);
    expect((await linkOf('a', 'away')).parent).toEqual(parent);
    // A macvlan on a macvlan sends on the link below both (macvlan_common_newlink).
    expect((await linkOf('b', 'again')).parent).toEqual(parent);
  });

  test('that is a moved vxlan has a parent and never a peer', async () => {
    const host = await show('host');
    for (const name of ['vx-away', 'vx-loose']) {
      const moved = await linkOf('a', name);
      expect(moved.peer).toBeNull();
      expect(moved).not.toHaveProperty('peerUnknown');
      expect(moved).not.toHaveProperty('parentUnknown');
    }
    expect((await linkOf('a', 'vx-away')).parent).toMatchObject({ namespace: host.id, name: 'w' });
    expect(await linkOf('a', 'vx-loose')).not.toHaveProperty('parent');
    for (const decoy of ['d1', 'd2'])
      expect((await linkOf('b', decoy)).peer).toMatchObject({ name: decoy === 'd1' ? 'd2' : 'd1' });
  });

  test('with a hostile alias shows it as text', async () => {
    await lab.ok(
      `ip link add marked type ifb; ip link set marked alias "$(printf 'up\\033[2J\\377\\342\\200\\256x')"`,
    );
    expect((await linkOf('host', 'marked')).alias).toBe('up\\x1b[2J\\xff\\xe2\\x80\\xaex');
    const { stdout } = await lab.netpeek(['show', 'host', 'links']);
    expect(stdout).not.toContain('\u001b');
    await lab.ok('ip link delete marked');
  });

  test('says in the text what is unusual of it', async () => {
    const { stdout } = await lab.netpeek(['show', 'host', 'links']);
    expect(stdout).toMatch(/^ring1 .*port blocking/m);
    expect(stdout).toMatch(/^vx-remote .*vni 42 · → 192\.0\.2\.9 port 4789/m);
    expect(stdout).toMatch(/^mv-vepa .*vepa · on host\/under-vepa/m);
    expect(stdout).toMatch(/^odd .*isolated · hairpin/m);
  });
});
