import { describe, expect, it } from 'vitest';
import { findNamespace, type Snapshot } from '../../../src/model/snapshot.ts';
import { commandsBehind } from '../../../src/view/commands-behind.ts';
import { formatAge, formatBytes, formatRate, formatShortCount } from '../../../src/view/format.ts';
import { formatLinkDetails, linksTable } from '../../../src/view/links-table.ts';
import { lsTable } from '../../../src/view/ls-table.ts';
import { natTable } from '../../../src/view/nat-table.ts';
import { neighboursTable } from '../../../src/view/neighbours-table.ts';
import { routesTable } from '../../../src/view/routes-table.ts';
import { ruleCounters } from '../../../src/view/rule-rows.ts';
import { formatTable } from '../../../src/view/table.ts';
import { filterTargets, listTargets } from '../../../src/view/target-list.ts';
import { findVethPairs, vethTable } from '../../../src/view/veth-table.ts';
import { formatWiring } from '../../../src/view/wiring.ts';
import { HOST_ID, makeSnapshot, WEB_ID } from '../components/fixture-snapshot.ts';

const SNAPSHOT = makeSnapshot();

function namespaceOf(id: string, snapshot: Snapshot = SNAPSHOT) {
  const namespace = findNamespace(snapshot, id);
  if (namespace === undefined) throw new Error(`the fixture has no ${id}`);
  return namespace;
}

describe('the wiring', () => {
  it('runs from the container over its veth to the bridge', () => {
    expect(formatWiring(SNAPSHOT, namespaceOf(WEB_ID))).toBe(
      'web  eth0 172.17.0.2/16 ⇄ veth3f2a1b → docker0',
    );
    expect(formatWiring(SNAPSHOT, namespaceOf(WEB_ID), 40)).toBe('web  eth0 ⇄ veth3f2a1b → docker0');
  });

  it('cuts a long name before the wires', () => {
    const web = { ...namespaceOf(WEB_ID), name: 'shop_backend_payment_worker_replica_number_1' };
    expect(formatWiring(SNAPSHOT, web, 48)).toBe('shop_back…_number_1  eth0 ⇄ veth3f2a1b → docker0');
  });

  it('says why a peer is not known', () => {
    const web = namespaceOf(WEB_ID);
    const links = web.links?.map((link) => ({
      ...link,
      peer: null,
      peerUnknown: 'peer ifindex 9 in nsid 1, not visible',
    }));
    expect(formatWiring(SNAPSHOT, { ...web, links: links ?? [] })).toContain(
      '⇄ ? peer ifindex 9 in nsid 1, not visible',
    );
  });

  it('of the host is its devices and its bridges', () => {
    expect(formatWiring(SNAPSHOT, namespaceOf(HOST_ID))).toBe(
      'host  eth0  ·  docker0 (1 port)  ·  br-5e1f0a77c2d3 (4 ports)',
    );
  });
});

describe('the tables', () => {
  it('of veths show each pair once, from the container', () => {
    const lines = formatTable(vethTable(findVethPairs(SNAPSHOT)));
    expect(lines[0]).toMatch(
      /^CONTAINER +LINK +IFINDEX +HOST LINK +IFINDEX +BRIDGE +NETWORK +ADDRESSES +MAC$/,
    );
    expect(lines.filter((line) => line.includes('veth3f2a1b'))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith('web'))).toMatch(
      /^web +eth0 +2 +veth3f2a1b +10 +docker0 +bridge +172\.17\.0\.2\/16 /,
    );
    expect(lines.find((line) => line.includes('vethlost'))).toContain(
      '? peer ifindex 7 in nsid 3, not visible',
    );
  });

  it('of ls have one row per link', () => {
    const lines = formatTable(lsTable(SNAPSHOT, { namespaces: [namespaceOf(WEB_ID)] }));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^web +eth0 +up +172\.17\.0\.2\/16 fe80::\S+ +host\/veth3f2a1b +docker0 +bridge$/,
    );
  });

  it('of routes begin with the way out and name who owns the next hop', () => {
    const lines = formatTable(routesTable(SNAPSHOT, namespaceOf(WEB_ID)));
    expect(lines[1]).toMatch(/^default +172\.17\.0\.1 +eth0 +host\/docker0 +unicast +main/);
    expect(lines.at(-1)).toMatch(/ local +local /);
  });

  it('of routes end with what the kernel adds by itself, or leave it out', () => {
    const web = namespaceOf(WEB_ID);
    const plain = { type: 'unicast', table: 'main', protocol: 'kernel', scope: 'link', nextHops: [] };
    const routes = [
      { ...plain, family: 'ipv6' as const, destination: 'ff00::/8', type: 'multicast', table: 'local' },
      { ...plain, family: 'ipv4' as const, destination: '10.0.0.1/32', type: 'local', table: 'local' },
      { ...plain, family: 'ipv6' as const, destination: 'fe80::/64' },
      { ...plain, family: 'ipv4' as const, destination: '10.0.0.0/8' },
      { ...plain, family: 'ipv6' as const, destination: 'default' },
      { ...plain, family: 'ipv4' as const, destination: 'default' },
      { ...plain, family: 'ipv4' as const, destination: '10.9.0.0/16', table: '100' },
    ];
    const destinations = (local: boolean) =>
      routesTable(SNAPSHOT, { ...web, routes }, { local }).rows.map(({ cells }) => cells[0]);
    const own = ['default', 'default', '10.0.0.0/8', 'fe80::/64', '10.9.0.0/16'];
    expect(destinations(false)).toEqual(own);
    expect(destinations(true)).toEqual([...own, '10.0.0.1/32', 'ff00::/8']);
  });

  it('of neighbours tell each state in words', () => {
    const text = formatTable(neighboursTable(SNAPSHOT, namespaceOf(HOST_ID))).join('\n');
    expect(text).toMatch(
      /172\.17\.0\.2 +02:42:ac:11:01:0a +docker0 +stale +web\/eth0 +known, to be confirmed when used/,
    );
  });

  it('of NAT say what rules do, what each gained, and show the rules beneath', () => {
    const host = namespaceOf(HOST_ID);
    const baseline = new Map([...ruleCounters(host)].map(([key, packets]) => [key, packets - 2]));
    const lines = formatTable(natTable(SNAPSHOT, host, baseline));
    expect(lines.slice(0, 4)).toEqual([
      'packets  gained  translation',
      '    318      +2  published 8080/tcp → web 172.17.0.2:80, by DNAT, but not from docker0 or from this host',
      '    13k      +2  172.17.0.0/16 leaving by anything but docker0 is masqueraded',
      '     77      +2  172.18.0.0/16 leaving by anything but br-5e1f0a77c2d3 is masqueraded',
    ]);
    expect(lines.join('\n')).toMatch(
      /IPv4 postrouting 100 · nat POSTROUTING · iptables-nft\n +13k +\+2 +1 {2}-s 172\.17\.0\.0\/16 ! -o docker0/,
    );
    expect(formatTable(natTable(SNAPSHOT, host))[0]).toBe('packets  translation');
  });

  it('say that something was not read, never that it is empty', () => {
    const blue = namespaceOf('4026532300');
    expect(formatTable(natTable(SNAPSHOT, blue))).toEqual([
      'not read: iptables-save is not installed (apt install iptables)',
    ]);
    expect(formatTable(neighboursTable(SNAPSHOT, blue))).toEqual(['not read: not permitted (run as root)']);
    const { links: _, ...unread } = blue;
    expect(formatTable(linksTable(SNAPSHOT, unread))).toEqual(['not read yet']);
    expect(formatTable(lsTable(SNAPSHOT, { namespaces: [unread] })).join()).toContain('not read yet');
  });
});

describe('one link in full', () => {
  it('tells what the columns left out', () => {
    const [, eth0] = namespaceOf(WEB_ID).links ?? [];
    if (eth0 === undefined) throw new Error('web has eth0');
    const broken = {
      ...eth0,
      carrier: false,
      stats: { ...eth0.stats, rxDropped: 4 } as NonNullable<typeof eth0.stats>,
    };
    const text = formatLinkDetails(SNAPSHOT, broken, 200).join('\n');
    for (const part of ['ifindex 2', 'no carrier', '⇄ host/veth3f2a1b (ifindex 10)', 'fe80::', '4 dropped']) {
      expect(text).toContain(part);
    }
  });
});

describe('the list of targets', () => {
  it('has the host first, then containers by name, then the rest', () => {
    expect(listTargets(SNAPSHOT).map((entry) => entry.name)).toEqual([
      'host',
      'cache',
      'db',
      'shop-checkout-worker-1',
      'web',
      '数据库-主-😀-long-name',
      'blue',
      'old-batch',
    ]);
  });

  it('is filtered loosely, but without noise', () => {
    const names = (filter: string) => filterTargets(listTargets(SNAPSHOT), filter).map((entry) => entry.name);
    expect(names('wb')).toContain('web');
    expect(names('db')).toEqual(['db']);
    expect(names('172.18.0.15')[0]).toBe('shop-checkout-worker-1');
    expect(names('库')).toEqual(['数据库-主-😀-long-name']);
    expect(names('zzz')).toEqual([]);
  });
});

describe('the commands behind a pane', () => {
  it('enter the namespace the way it can be entered', () => {
    expect(commandsBehind(namespaceOf(HOST_ID), 'neighbours')).toEqual(['ip -statistics neighbour show']);
    expect(commandsBehind(namespaceOf('4026532300'), 'neighbours')).toEqual([
      'ip netns exec blue ip -statistics neighbour show',
    ]);
    const evil = { ...namespaceOf('4026532300'), paths: ["/run/netns/a'; reboot"] };
    expect(commandsBehind(evil, 'neighbours')[0]).toBe(
      "ip netns exec 'a'\\''; reboot' ip -statistics neighbour show",
    );
  });

  it('ask both kinds of iptables for both families, and nftables', () => {
    const host = namespaceOf(HOST_ID);
    const tools = ['iptables-nft', 'iptables-legacy', 'ip6tables-nft', 'ip6tables-legacy'];
    const saved = (options: string) => tools.map((tool) => `${tool}-save ${options}`);
    expect(commandsBehind(host, 'firewall')).toEqual([...saved('-c'), 'nft -a list ruleset']);
    expect(commandsBehind(host, 'nat')).toEqual([...saved('-c -t nat'), 'nft list ruleset']);
  });

  it('print the file that names are looked up by, without entering a network namespace for it', () => {
    expect(commandsBehind(namespaceOf(HOST_ID), 'dns')).toEqual(['cat /etc/resolv.conf']);
    const web = namespaceOf(WEB_ID);
    expect(commandsBehind(web, 'dns')).toEqual(['cat /proc/4010/root/etc/resolv.conf']);
    const path = '/etc/netns/web/resolv.conf';
    const resolver = {
      path,
      source: 'netns' as const,
      nameservers: [],
      search: [],
      options: [],
      embedded: false,
    };
    expect(commandsBehind({ ...web, resolver }, 'dns')).toEqual([`cat ${path}`]);
    const inside = { ...resolver, path: '/etc/resolv.conf', source: 'process' as const };
    expect(commandsBehind({ ...web, resolver: inside }, 'dns')).toEqual([
      'cat /proc/4010/root/etc/resolv.conf',
    ]);
  });
});

describe('numbers', () => {
  it('are told as people read them', () => {
    expect([0, 999, 1000, 9949, 9960, 999_600, 1.5e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '9.9 kB',
      '10 kB',
      '1.0 MB',
      '1.5 GB',
    ]);
    expect(formatRate(2500)).toBe('2.5 kB/s');
    expect([9999, 12_904, 3_400_000].map(formatShortCount)).toEqual(['9999', '13k', '3.4M']);
    expect([500, 59_000, 61_000, 7_200_000].map(formatAge)).toEqual([
      'now',
      '59 s ago',
      '1 min ago',
      '2 h ago',
    ]);
  });
});
