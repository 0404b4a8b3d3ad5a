/** Probes that are really sent: what they show of each kind of loss, and that nothing of them is left. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { base } from '../helpers/diagnosis-cases.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node, program } from '../helpers/paths.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const INTERNET = '203.0.113.10';
/** An address beyond the uplink that nobody has: probes to it wait for as long as a proof takes. */
const NOBODY = '203.0.113.77';

let lab: Lab;
beforeEach(async () => {
  lab = await createLab();
  await lab.ok(base);
  await lab.spawn(['ip', 'netns', 'exec', 'c2', 'busybox', 'httpd', '-f', '-p', '0.0.0.0:80']);
  await waitFor('a server', async () =>
    (await lab.ok(['ip', 'netns', 'exec', 'c2', 'ss', '-ltnH'])).includes(':80'),
  );
  await waitFor('bridges to forward', async () => {
    const ports: readonly { state?: string }[] = JSON.parse(await lab.ok(['bridge', '-j', 'link']));
    const links: readonly { ifname: string; operstate: string }[] = JSON.parse(
      await lab.ok(['ip', '-j', 'link']),
    );
    const isSettled = links.every(({ ifname, operstate }) => ifname === 'lo' || operstate === 'UP');
    return isSettled && ports.every(({ state }) => state === 'forwarding');
  });
});
afterEach(() => lab.dispose());

async function diagnose(from: string, to: string, ...more: readonly string[]): Promise<Diagnosis> {
  const finished = withoutStack(await lab.netpeek(['diagnose', from, to, '--json', ...more]));
  return JSON.parse(finished.stdout) as Diagnosis;
}

/** Everything that a proof could leave, in every namespace. */
const picture = async () => {
  const all = await lab.ok(`
    for n in c1 c2 c3 up ext; do
      ip netns exec $n nft -s list ruleset; ip -n $n -d link; ip -n $n rule; ip netns exec $n ss -Hatn state all | sort
    done
    nft -s list ruleset; iptables-save | grep -v '^#'; ip6tables-save | grep -v '^#'
    ip -d link; ip rule; ip -6 rule
    cut -d' ' -f3- /proc/self/mountinfo
    find /run | sort
    ps -eo comm= | grep -vx -e ps -e sh -e grep -e sort | sort`);
  // What counts packets, and timers of bridges.
  return all.replace(/\[\d+:\d+\]|_timer +[\d.]+/g, '');
};

describe('a way that works', () => {
  test.each([
    { from: 'c1', to: 'c2:80', last: 'c1/eth0' },
    { from: 'c1', to: INTERNET, last: 'c1/eth0' },
    { from: 'c1', to: 'fd00:d::3', last: 'c1/eth0' },
    { from: 'ext', to: '10.0.0.2:8080', last: 'ext/eth0' },
    { from: 'c2', to: '127.0.0.1:80', last: 'c2/lo' },
  ])('is proven by an answer: $from to $to', async ({ from, to, last }) => {
    const { verdict, causes, live } = await diagnose(from, to);
    expect({ verdict, causes }).toEqual({ verdict: 'works', causes: [] });
    expect(live).toEqual({ ran: true, sent: 1, answered: 1, lastSeen: last, outcome: 'answered' });
  });
});

type Case = {
  readonly what: string;
  readonly inject: string;
  readonly to: string;
  readonly more?: readonly string[];
  readonly cause: string;
  readonly last: string | null;
  readonly outcome: string;
  /** In the evidence of the cause. */
  readonly shows: string;
};

const cases: readonly Case[] = [
  {
    what: 'a rule of iptables-nft, which the kernel names',
    inject: 'iptables -I FORWARD 2 -s 172.17.0.2 -d 203.0.113.0/24 -j DROP',
    to: INTERNET,
    cause: 'docker-user-block',
    last: 'host/br0',
    outcome: 'no answer',
    shows: 'nft monitor trace in host rule 2 of chain FORWARD of table ip filter drops',
  },
  {
    what: 'a rule of iptables-legacy, whose counter moves',
    inject: 'iptables-legacy -I FORWARD -s 172.17.0.2 -d 203.0.113.0/24 -j DROP',
    to: INTERNET,
    cause: 'legacy-nft-split',
    last: 'host/br0',
    outcome: 'no answer',
    shows: 'iptables-legacy filter FORWARD rule 1 +3',
  },
  {
    what: 'a table of nftables, which the kernel names',
    inject:
      'nft add table ip mine; nft add chain ip mine way "{ type filter hook forward priority 10; }"; nft add rule ip mine way ip saddr 172.17.0.2 drop',
    to: INTERNET,
    cause: 'nft-native-drop',
    last: 'host/br0',
    outcome: 'no answer',
    shows: 'of table ip mine drops',
  },
  {
    what: 'rp_filter, whose counter moves',
    inject: `
      sysctl -qw net.ipv4.conf.eth0.rp_filter=1
      ip link add t0 type veth peer name t1; ip addr add 10.9.0.1/24 dev t0; ip link set t0 up; ip link set t1 up
      iptables -t mangle -A PREROUTING -i br0 -j MARK --set-mark 7
      ip rule add fwmark 7 lookup 70; ip route add default via 10.0.0.1 table 70
      ip route add 203.0.113.0/24 dev t0`,
    to: INTERNET,
    cause: 'rp-filter-strict',
    last: 'host/eth0',
    outcome: 'no answer',
    shows: 'TcpExtIPReversePathFilter +',
  },
  {
    what: 'forwarding that is off',
    inject: 'sysctl -qw net.ipv4.ip_forward=0',
    to: INTERNET,
    cause: 'ip-forward-off',
    last: 'host/br0',
    outcome: 'no answer',
    shows: 'IpInAddrErrors +',
  },
  {
    what: 'a port where nobody listens',
    inject: 'true',
    to: 'c2:81',
    cause: 'svc-not-listening',
    last: 'c1/eth0',
    outcome: 'refused by 172.17.0.3',
    shows: 'TcpOutRsts +',
  },
  {
    what: 'a port of UDP where nobody listens',
    inject: 'true',
    to: 'c2:81',
    more: ['--proto', 'udp'],
    cause: 'svc-not-listening',
    last: 'c2/eth0',
    outcome: 'refused by 172.17.0.3',
    shows: 'UdpNoPorts +',
  },
  {
    what: 'a sender without a route',
    inject: 'ip -n c1 route del default',
    to: `${INTERNET}:80`,
    cause: 'ctr-no-route',
    last: null,
    outcome: 'ENETUNREACH',
    shows: 'ENETUNREACH; seen on no link',
  },
  {
    what: 'an answer that the server cannot send',
    inject: 'ip -n c2 route add blackhole 172.17.0.2',
    to: 'c2:80',
    cause: 'route-blackhole',
    last: 'c2/eth0',
    outcome: 'no answer',
    shows: 'last seen at c2/eth0',
  },
  {
    what: 'a source that nobody translates',
    inject: 'iptables -t nat -F POSTROUTING; ip6tables -t nat -F POSTROUTING',
    to: INTERNET,
    cause: 'masq-missing',
    last: 'up/lan',
    outcome: 'no answer',
    shows: 'last seen at up/lan',
  },
  {
    what: 'a route that prohibits, by the error that it sends',
    inject: 'ip route add prohibit 203.0.113.0/24',
    to: INTERNET,
    cause: 'route-blackhole',
    last: 'host/br0',
    outcome: 'EHOSTUNREACH, by ICMP type 3 code 13 from 172.17.0.1',
    shows: 'ICMP type 3 code 13 from 172.17.0.1',
  },
  {
    what: 'a port of the bridge that is disabled',
    inject: 'bridge link set dev vc1 state 0',
    to: 'c2:80',
    cause: 'bridge-port-state',
    last: null,
    outcome: 'no answer',
    shows: 'seen on no link',
  },
];

describe('a loss', () => {
  test.each(cases)('is proven: $what', async ({ inject, to, more = [], cause, last, outcome, shows }) => {
    await lab.ok(inject);
    const diagnosis = await diagnose('c1', to, ...more);
    const told = JSON.stringify(diagnosis, null, 1);
    const [first] = diagnosis.causes;
    expect({ id: first?.id, confidence: first?.confidence }, told).toEqual({
      id: cause,
      confidence: 'proven',
    });
    expect(diagnosis.verdict).toBe('broken');
    expect(diagnosis.live, told).toMatchObject({ ran: true, answered: 0, lastSeen: last, outcome });
    expect(first?.evidence.map(({ source, value }) => `${source} ${value}`).join('\n')).toContain(shows);
  });
});

describe('a proof', () => {
  test('leaves everything as it was, and says on stderr what it makes', async () => {
    const before = await picture();
    const { stderr } = withoutStack(await lab.netpeek(['diagnose', 'c1', 'c2:80']));
    expect(stderr).toMatch(/probes from c1: tcp to 172\.17\.0\.3 port 80; listening in .*host/);
    expect(stderr).toMatch(/a table netpeek-trace-\d+ of nftables traces them in host/);
    expect(await picture()).toBe(before);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'leaves nothing when %s comes in the middle',
    async (signal) => {
      const before = await picture();
      const running = await lab.spawn([node, program, 'diagnose', 'c1', NOBODY]);
      await running.waitForOutput(/netpeek-trace/);
      await waitFor('its table', async () =>
        (await lab.ok(['nft', 'list', 'ruleset'])).includes('table inet netpeek-trace-'),
      );
      await running.stop(signal);
      expect(await picture()).toBe(before);
      await lab.netpeek(['ls']);
      expect(await picture()).toBe(before);
    },
  );

  test('is not made where nothing may be sent', async () => {
    const { live, causes } = await diagnose('c1', 'c2:81', '--no-live');
    expect(live).toEqual({ ran: false, sent: 0, answered: 0, lastSeen: null });
    expect(causes[0]?.id).toBe('svc-not-listening');
    const outside = await diagnose('10.0.0.99', '10.0.0.2:8080');
    expect(outside.live).toMatchObject({
      ran: false,
      outcome: 'nothing was sent: 10.0.0.99 is outside this host',
    });
  });

  test('shows by an answer that a way works, whatever a rule that nobody can read may do', async () => {
    await lab.ok(`iptables -I FORWARD -m u32 --u32 '6&0xFF=99' -j DROP`);
    const read = await diagnose('c1', INTERNET, '--no-live');
    const proven = await diagnose('c1', INTERNET);
    expect({ read: read.verdict, proven: proven.verdict }).toEqual({ read: 'undecided', proven: 'works' });
  });
});
