/** The sets of ipset(8) in a namespace, element by element against `ipset save`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IpSet } from '../../src/model/ipset.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { createLab, type Lab } from '../helpers/lab.ts';

const build = `
  ip netns add sets; ip netns add empty
  alias ipset='ip netns exec sets ipset'
  ipset create plain hash:ip; ipset add plain 10.0.0.1; ipset add plain 10.0.0.9
  ipset create masked hash:ip netmask 24; ipset add masked 10.1.2.3
  ipset create six hash:ip family inet6; ipset add six fd00::1
  ipset create nets hash:net comment
  ipset add nets 10.0.0.0/8; ipset add nets 10.1.0.0/16 nomatch comment "not these"; ipset add nets 192.0.2.1
  ipset create nets6 hash:net family inet6; ipset add nets6 fd00::/8
  ipset create web hash:ip,port
  ipset add web 10.0.0.1,tcp:80; ipset add web 10.0.0.1,udp:53; ipset add web 10.0.0.1,icmp:8/0; ipset add web 10.0.0.1,gre:0
  ipset create netport hash:net,port; ipset add netport 10.0.0.0/8,80; ipset add netport 10.1.0.0/16,80 nomatch
  ipset create three hash:ip,port,ip; ipset add three 10.0.0.1,80,10.0.0.2
  ipset create threenet hash:ip,port,net; ipset add threenet 10.0.0.1,80,10.2.0.0/16
  ipset create netlink hash:net,iface; ipset add netlink 10.0.0.0/8,eth0; ipset add netlink 10.0.0.0/8,veth wildcard
  ipset create bits bitmap:ip range 10.0.0.0/16; ipset add bits 10.0.3.4
  ipset create maskedbits bitmap:ip range 10.0.0.0/16 netmask 24; ipset add maskedbits 10.0.3.4
  ipset create macs bitmap:ip,mac range 10.0.0.0/24; ipset add macs 10.0.0.5,02:00:00:00:00:01; ipset add macs 10.0.0.6
  ipset create ports bitmap:port range 0-1023; ipset add ports 80
  ipset create timed hash:ip timeout 600 counters; ipset add timed 10.0.0.1
  ipset create list list:set; ipset add list plain; ipset add list nets`;

/** More elements than are kept. */
const LARGE = 12_000;

describe('the ipsets of a namespace', () => {
  let lab: Lab;
  let sets: readonly IpSet[] | undefined;
  let snapshot: Snapshot;
  const namespace = (name: string) => snapshot.namespaces.find((one) => one.name === name);
  beforeAll(async () => {
    lab = await createLab();
    await lab.ok(build);
    await lab.ok(`ip netns exec sets ipset create large hash:ip
      seq 0 ${LARGE - 1} | awk '{ print "add large 10.9." int($1 / 256) "." $1 % 256 }' | ip netns exec sets ipset restore`);
    snapshot = await lab.netpeekJson<Snapshot>(['snapshot']);
    sets = namespace('sets')?.ipsets;
  });
  afterAll(() => lab.dispose());

  test('are those that ipset save prints, with type, family, netmask and every element', async () => {
    const saved = (await lab.ok('ip netns exec sets ipset save')).split('\n');
    const truth = saved.flatMap((line) => {
      const [, name, element] = /^add (\S+) (.*)$/.exec(line) ?? [];
      if (name === undefined || element === undefined || name === 'large') return [];
      return `${name} ${element}`
        .replace(/ timeout \d+| packets \d+| bytes \d+/g, '')
        .replace('echo-request', '8/0');
    });
    const claim = sets?.flatMap(({ name, entries }) =>
      entries.map(({ element, nomatch }) => {
        const [key, ...rest] = element.split(' ');
        return [name, key, ...(nomatch ? ['nomatch'] : []), ...rest].join(' ');
      }),
    );
    expect(claim?.filter((line) => !line.startsWith('large ')).sort()).toEqual(truth.sort());
    expect(truth.length).toBeGreaterThan(20);
    const heads = saved.flatMap((line) => {
      const [, name, type] = /^create (\S+) (\S+)/.exec(line) ?? [];
      const family = / family (\S+)/.exec(line)?.[1];
      const netmask = / netmask (\S+)/.exec(line)?.[1];
      return name === undefined ? [] : [{ name, type, family, netmask }];
    });
    const inet = { ipv4: 'inet', ipv6: 'inet6' } as const;
    const said = sets?.map(({ name, type, family, netmask }) => ({
      name,
      type,
      // Of bitmaps ipset prints none.
      family: type.startsWith('hash:') && family ? inet[family] : undefined,
      netmask,
    }));
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    expect(said?.toSorted(byName)).toEqual(heads.toSorted(byName));
  });

  test('are cut where one is huge, and say how many elements there are', () => {
    const large = sets?.find(({ name }) => name === 'large');
    expect([large?.entries.length, large?.total]).toEqual([10_000, LARGE]);
    expect(snapshot.gaps).toContainEqual({
      probe: 'ipset',
      namespace: namespace('sets')?.id,
      reason: 'showing the first 10,000 of 12,000 elements of the set large',
    });
  });

  test('are none, and no gap, where nobody made one', () => {
    expect(namespace('empty')?.ipsets).toEqual([]);
    expect(
      snapshot.gaps.filter(({ probe, namespace: id }) => probe === 'ipset' && id === namespace('empty')?.id),
    ).toEqual([]);
  });
});
