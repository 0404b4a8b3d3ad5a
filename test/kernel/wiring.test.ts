/** Who is wired to whom, against what the network was built of, `ip -d link` and `ethtool -S`. */
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument, LsLink, LsNamespace, VethDocument } from '../helpers/documents.ts';
import { readIpLinks } from '../helpers/iproute2.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { buildTangle, moveOutOfSight, oddNames, pairs } from '../helpers/tangle.ts';

describe('the wiring', () => {
  let lab: Lab;
  let all: LsDocument;
  let outsider: ChildProcess;
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(buildTangle);
    outsider = await moveOutOfSight(lab, 'unseen');
    all = await lab.netpeekJson<LsDocument>(['ls', '--all']);
  });
  afterAll(async () => {
    outsider.kill('SIGKILL');
    await lab.dispose();
  });

  const named = (name: string): LsNamespace => {
    const found = all.namespaces.find((namespace) => namespace.name === name);
    if (!found) throw new Error(`netpeek shows no ${name}`);
    return found;
  };
  const linkOf = (name: string, ifindex: number): LsLink | undefined =>
    named(name).links?.find((link) => link.ifindex === ifindex);
  const ask = (name: string) => (argv: readonly string[]) =>
    lab.ok(name === 'host' ? argv : ['ip', 'netns', 'exec', name, ...argv]);

  test('shows the namespaces that can be reached, and no others', () => {
    expect(all.namespaces.map(({ name, kind }) => [name, kind])).toEqual([
      ['host', 'host'],
      ['a', 'named'],
      ['b', 'named'],
      ['c', 'named'],
      ['odd', 'named'],
    ]);
  });

  test('names the peer of each end, although nearly every ifindex is taken several times', () => {
    for (const [ns, index, , farNs, farIndex] of pairs) {
      expect(linkOf(ns, index)?.peer).toMatchObject({ namespace: named(farNs).id, ifindex: farIndex });
      expect(linkOf(farNs, farIndex)?.peer).toMatchObject({ namespace: named(ns).id, ifindex: index });
    }
  });

  test.each(['host', 'a', 'b', 'c'])('in %s is what ip -d link says, link for link', async (name) => {
    const links = (await readIpLinks(ask(name))).map((link) => ({
      ifindex: link.ifindex,
      name: link.ifname,
      kind: link.linkinfo?.info_kind ?? (link.flags.includes('LOOPBACK') ? 'loopback' : 'device'),
      mac: link.address,
      mtu: link.mtu,
      operState: link.operstate.toLowerCase(),
      adminUp: link.flags.includes('UP'),
      carrier: link.flags.includes('LOWER_UP'),
      master: link.master ?? null,
    }));
    const shown = (named(name).links ?? []).map(
      ({ ifindex, name: own, kind, mac, mtu, operState, adminUp, carrier, master }) => ({
        ifindex,
        name: own,
        kind,
        mac,
        mtu,
        operState,
        adminUp,
        carrier,
        master: master?.name ?? null,
      }),
    );
    expect(shown).toEqual(links.sort((a, b) => a.ifindex - b.ifindex));
  });

  test('gives each veth the peer ifindex that ethtool gives', async () => {
    for (const name of ['host', 'a', 'b', 'c'])
      for (const link of named(name).links ?? []) {
        if (link.kind !== 'veth' || !link.peer) continue;
        const said = await ask(name)(['ethtool', '-S', link.name]);
        expect(`${name}/${link.name} ${/peer_ifindex: (\d+)/.exec(said)?.[1]}`).toBe(
          `${name}/${link.name} ${link.peer.ifindex}`,
        );
      }
  });

  test('shows odd names as text, and pairs them like any others', () => {
    expect(
      named('odd')
        .links?.filter(({ kind }) => kind === 'veth')
        .map((link) => link.name),
    ).toEqual(oddNames.map(([, shown]) => shown));
    for (const [index] of oddNames.entries())
      expect(linkOf('odd', 2 + index)?.peer).toMatchObject({ ifindex: 60 + index, name: `odd${index}` });
  });

  test('shows a link under its new name', () => {
    expect(linkOf('a', 21)?.name).toBe('renamed');
    expect(linkOf('b', 22)?.peer?.name).toBe('renamed');
  });

  test('says of a peer in an unseen namespace what the kernel says of it, and guesses none', async () => {
    const said = await lab.ok(['ip', '-j', '-d', 'link', 'show', 'vunseen']);
    const [{ link_index, link_netnsid } = {}] = JSON.parse(said) as {
      link_index: number;
      link_netnsid: number;
    }[];
    expect(linkOf('host', 70)).toMatchObject({
      peer: null,
      peerUnknown: `peer ifindex ${link_index} in nsid ${link_netnsid}, not visible`,
    });
  });

  test('takes a vxlan of another namespace for no pair', () => {
    expect(linkOf('b', 95)).toMatchObject({ kind: 'vxlan', peer: null });
    expect(linkOf('b', 95)).not.toHaveProperty('peerUnknown');
  });

  test('is told by veth pair for pair, each once', async () => {
    const { veths } = await lab.netpeekJson<VethDocument>(['veth']);
    const told = veths.map((pair) =>
      [`${pair.namespace} ${pair.ifindex}`, `${pair.peerNamespace} ${pair.hostIfindex}`].sort().join(' = '),
    );
    const built = [
      ...pairs.map(([ns, index, , farNs, farIndex]) => [`${ns} ${index}`, `${farNs} ${farIndex}`]),
      ...oddNames.map((_, index) => [`host ${60 + index}`, `odd ${2 + index}`]),
      ['host 70', 'null null'],
    ].map((pair) => [...pair].sort().join(' = '));
    expect(told.sort()).toEqual(built.sort());
  });

  test('leads from a namespace to its host link and bridge, and from the host link back', async () => {
    for (const words of [['b/eth0'], ['vb'], ['host/vb']]) {
      const { veths } = await lab.netpeekJson<VethDocument>(['veth', ...words]);
      expect(veths).toMatchObject([
        { namespace: 'b', link: 'eth0', ifindex: 2, hostLink: 'vb', hostIfindex: 21, bridge: 'br0' },
      ]);
    }
  });

  test('prints no control character, whatever links are called', async () => {
    for (const args of [['ls'], ['veth'], ['show', 'odd']]) {
      const { stdout, stderr } = await lab.netpeek(args);
      expect(stdout).toContain('--help');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  test('of a namespace that only a process keeps is found through that process', async () => {
    const holder = await lab.spawn(['unshare', '--net', 'sh', '-c', 'echo $$; exec sleep 600']);
    await holder.waitForOutput(/\d+\n/);
    const pid = holder.stdout().trim();
    const inode = await lab.ok(['readlink', `/proc/${pid}/ns/net`]);
    await lab.ok(`ip link add vp index 80 type veth peer name eth0 index 2 netns ${pid}`);
    const { namespaces } = await lab.netpeekJson<LsDocument>(['ls', `pid:${pid}`]);
    expect(namespaces).toMatchObject([{ id: /\d+/.exec(inode)?.[0], kind: 'process', name: `pid:${pid}` }]);
    const { veths } = await lab.netpeekJson<VethDocument>(['veth', 'vp']);
    expect(veths).toMatchObject([{ namespace: `pid:${pid}`, link: 'eth0', hostLink: 'vp' }]);
    await holder.stop();
  });
});
