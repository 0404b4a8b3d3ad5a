/** Names as destinations: name servers that really answer, and faults that really keep questions from them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { base } from '../helpers/diagnosis-cases.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { type NameServer, startNameServer } from '../helpers/name-server.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

const INTERNET = '203.0.113.10';
const ZONE = { 'www.example.com': INTERNET, 'www.corp.example': '172.17.0.3', 'host.example': '10.0.0.2' };
const OUTSIDE: NameServer = { namespace: 'up', address: INTERNET, zone: ZONE };
const ON_HOST: NameServer = { address: '172.17.0.1', zone: ZONE };
/** As Docker makes it: a port of its own, to which rules of the namespace lead. */
const EMBEDDED: NameServer = { namespace: 'c1', address: '127.0.0.11', port: 40_053, zone: ZONE };
const EMBEDDED_RULE =
  'ip netns exec c1 iptables -t nat -A OUTPUT -d 127.0.0.11 -p udp --dport 53 -j DNAT --to-destination 127.0.0.11:40053';
const EMBEDDED_FILE = `nameserver 127.0.0.11\n# ExtServers: [${INTERNET}]\noptions ndots:0\n`;

let lab: Lab;
beforeEach(async () => {
  lab = await createLab();
  await lab.ok(base);
  await waitFor('ports to forward', async () => {
    const links: readonly { state?: string }[] = JSON.parse(await lab.ok(['bridge', '-j', 'link']));
    return links.every(({ state }) => state === 'forwarding');
  });
});
afterEach(() => lab.dispose());

async function tell(file: string, hosts?: string): Promise<void> {
  await lab.ok('mkdir -p /etc/netns/c1');
  await lab.ok(['tee', '/etc/netns/c1/resolv.conf'], { input: file });
  if (hosts !== undefined) await lab.ok(['tee', '/etc/netns/c1/hosts'], { input: hosts });
}

async function diagnose(to: string, ...more: readonly string[]) {
  const finished = withoutStack(await lab.netpeek(['diagnose', 'c1', to, '--json', ...more]));
  return { ...finished, diagnosis: JSON.parse(finished.stdout) as Diagnosis };
}

describe('a name that is resolved', () => {
  test('is the way to its address', async () => {
    await startNameServer(lab, OUTSIDE);
    await tell(`nameserver ${INTERNET}\n`);
    const { diagnosis, exitCode } = await diagnose('www.example.com');
    expect(diagnosis).toMatchObject({
      flow: { to: 'www.example.com', destination: INTERNET, proto: 'icmp', port: null },
      verdict: 'works',
      causes: [],
      name: { name: 'www.example.com', addresses: [INTERNET], source: 'server' },
    });
    expect(exitCode).toBe(0);
  });

  test('by the search list, and with a port', async () => {
    await startNameServer(lab, OUTSIDE);
    await tell(`nameserver ${INTERNET}\nsearch corp.example\n`);
    const { diagnosis } = await diagnose('www:81');
    expect(diagnosis.flow).toMatchObject({ to: 'www:81', destination: '172.17.0.3', proto: 'tcp', port: 81 });
    expect(diagnosis.causes[0]?.id).toBe('svc-not-listening');
    expect((await diagnose('www.:81')).diagnosis.causes[0]?.id).toBe('dns-name-unknown');
  });

  test('by a second server, where the first is silent', async () => {
    await startNameServer(lab, OUTSIDE);
    await startNameServer(lab, { namespace: 'ext', address: '10.0.0.50', otherwise: 'silent' });
    await tell(`nameserver 10.0.0.50\nnameserver ${INTERNET}\n`);
    const { diagnosis } = await diagnose('www.example.com');
    expect(diagnosis.name?.asked.map(({ server, outcome }) => [server, outcome])).toEqual([
      ['10.0.0.50', 'no-answer'],
      [INTERNET, 'answered'],
    ]);
    expect(diagnosis.verdict).toBe('works');
  });

  test('by the hosts file, without a question', async () => {
    await tell('nameserver 192.0.2.1\n', '172.17.0.3 other Inside.Example # me\n');
    const { diagnosis } = await diagnose('inside.example');
    expect(diagnosis.name).toEqual({
      name: 'inside.example',
      addresses: ['172.17.0.3'],
      source: 'hosts',
      asked: [],
    });
    expect(diagnosis.verdict).toBe('works');
  });

  test('by a server that rules of the namespace lead to', async () => {
    await startNameServer(lab, EMBEDDED);
    await lab.ok(EMBEDDED_RULE);
    await tell(EMBEDDED_FILE);
    const { diagnosis } = await diagnose('www.example.com');
    expect(diagnosis).toMatchObject({ verdict: 'works', name: { addresses: [INTERNET] } });
  });

  test('is not asked for with --no-live', async () => {
    await startNameServer(lab, OUTSIDE);
    await tell(`nameserver ${INTERNET}\n`);
    const { diagnosis, exitCode } = await diagnose('www.example.com', '--no-live');
    expect(diagnosis).toMatchObject({ verdict: 'undecided', causes: [], name: { addresses: [], asked: [] } });
    expect(diagnosis.hops.length).toBeGreaterThan(0);
    expect(exitCode).toBe(1);
  });
});

type Case = {
  readonly id: string;
  readonly what: string;
  readonly file: string;
  readonly servers?: readonly NameServer[];
  readonly inject?: string;
  readonly name?: string;
  /** By what was read alone; absent: the same. */
  readonly still?: string | null;
};

const cases: readonly Case[] = [
  { id: 'dns-loopback-nameserver', what: "the host's stub", file: 'nameserver 127.0.0.53\n' },
  { id: 'dns-loopback-nameserver', what: 'no server at all', file: 'search example\n' },
  {
    id: 'dns-upstream-unreachable',
    what: 'a rule against questions',
    file: `nameserver ${INTERNET}\n`,
    servers: [OUTSIDE],
    inject: 'iptables -I FORWARD -p udp --dport 53 -j DROP',
  },
  {
    id: 'dns-upstream-unreachable',
    what: 'a server that nobody is',
    file: 'nameserver 203.0.113.77\n',
  },
  {
    id: 'ip-forward-off',
    what: 'a fault that is not about names',
    file: `nameserver ${INTERNET}\n`,
    servers: [OUTSIDE],
    inject: 'sysctl -qw net.ipv4.ip_forward=0',
  },
  {
    id: 'dns-gateway-input-drop',
    what: 'a rule of INPUT against questions',
    file: 'nameserver 172.17.0.1\n',
    servers: [ON_HOST],
    inject: 'iptables -A INPUT -i br0 -p udp --dport 53 -j DROP',
  },
  {
    id: 'dns-gateway-input-drop',
    what: 'a policy of INPUT',
    file: 'nameserver 10.0.0.2\n',
    servers: [{ ...ON_HOST, address: '10.0.0.2' }],
    inject:
      'iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; iptables -P INPUT DROP',
  },
  { id: 'dns-embedded-nat-missing', what: 'no rules', file: EMBEDDED_FILE, servers: [EMBEDDED] },
  {
    id: 'dns-server-failed',
    what: 'rules, and nobody where they lead',
    file: EMBEDDED_FILE,
    inject: EMBEDDED_RULE,
  },
  {
    id: 'dns-upstream-unreachable',
    what: 'a server behind the embedded one that is cut off',
    file: EMBEDDED_FILE,
    servers: [{ ...EMBEDDED, zone: {}, otherwise: 'servfail' }, OUTSIDE],
    inject: `${EMBEDDED_RULE}; iptables -I FORWARD -p udp --dport 53 -j DROP`,
  },
  {
    id: 'dns-name-unknown',
    what: 'a name that is none',
    file: `nameserver ${INTERNET}\n`,
    servers: [OUTSIDE],
    name: 'nobody.example.com',
    still: null,
  },
  {
    id: 'dns-name-unknown',
    what: 'a name without an address',
    file: `nameserver ${INTERNET}\n`,
    servers: [{ ...OUTSIDE, otherwise: 'no-address' }],
    name: 'nobody.example.com',
    still: null,
  },
  {
    id: 'dns-server-failed',
    what: 'a server that cannot find out',
    file: `nameserver ${INTERNET}\n`,
    servers: [{ ...OUTSIDE, zone: {}, otherwise: 'servfail' }],
    still: null,
  },
  {
    id: 'dns-server-failed',
    what: 'a server that refuses',
    file: `nameserver ${INTERNET}\n`,
    servers: [{ ...OUTSIDE, zone: {}, otherwise: 'refused' }],
    still: null,
  },
];

describe('a name that is not resolved is the diagnosis', () => {
  test.each(cases)('$id: $what', async ({ id, file, servers = [], inject, name, still = id }) => {
    for (const server of servers) await startNameServer(lab, server);
    await tell(file);
    if (inject !== undefined) await lab.ok(inject);
    const to = name ?? 'www.example.com';
    const { diagnosis, exitCode, stdout } = await diagnose(to);
    expect(
      diagnosis.causes.map((cause) => cause.id),
      stdout,
    ).toEqual([id]);
    expect(diagnosis).toMatchObject({ verdict: 'broken', live: { ran: true }, name: { addresses: [] } });
    expect(exitCode).toBe(1);
    const read = await diagnose(to, '--no-live');
    expect(
      read.diagnosis.causes.map((cause) => cause.id),
      read.stdout,
    ).toEqual(still === null ? [] : [still]);
    expect(read.diagnosis.verdict).toBe(still === null ? 'undecided' : 'broken');
  });
});
