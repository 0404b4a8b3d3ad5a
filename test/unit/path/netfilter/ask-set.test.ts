/** What iptables hears from ipsets of each type. The elements are as the kernel tells them. */
import { describe, expect, test } from 'vitest';
import type { IpSet } from '../../../../src/model/ipset.ts';
import { evaluateChain } from '../../../../src/path/netfilter/evaluate-chain.ts';
import { type Packet, PROTOCOL } from '../../../../src/path/netfilter/packet.ts';
import { basesOf, matches, packet, ping, ruleset, surroundings } from '../../../helpers/iptables-rules.ts';

const set = (name: string, type: string, elements: readonly string[], more: Partial<IpSet> = {}): IpSet => ({
  name,
  type,
  ...(type === 'list:set' || type === 'bitmap:port' ? {} : { family: 'ipv4' }),
  entries: elements.map((text) => ({
    element: text.replace(' nomatch', ''),
    nomatch: text.endsWith(' nomatch'),
  })),
  ...more,
});

const sets = [
  set('ips', 'hash:ip', ['10.0.0.2', '10.0.0.9']),
  set('others', 'hash:ip', ['10.7.7.7']),
  set('masked', 'hash:ip', ['10.0.0.0'], { netmask: '24' }),
  set('ips6', 'hash:ip', ['fd00::2'], { family: 'ipv6' }),
  set('nets', 'hash:net', ['0.0.0.0/1', '192.0.2.0/24', '10.0.0.0/24 nomatch', '10.0.0.2']),
  set('holes', 'hash:net', ['10.0.0.0/8', '10.0.0.0/16 nomatch']),
  set('web', 'hash:ip,port', ['192.0.2.1,tcp:80', '192.0.2.1,udp:53', '192.0.2.1,icmp:8/0']),
  set('clients', 'hash:ip,port', ['10.0.0.2,tcp:40000']),
  set('netport', 'hash:net,port', ['192.0.2.0/24,tcp:80', '192.0.2.1,tcp:443']),
  set('three', 'hash:ip,port,ip', ['10.0.0.2,tcp:80,192.0.2.1']),
  set('threenet', 'hash:ip,port,net', [
    '10.0.0.2,tcp:80,192.0.0.0/16',
    '10.0.0.2,tcp:80,192.0.2.0/24 nomatch',
  ]),
  set('netlink', 'hash:net,iface', ['10.0.0.0/8,eth0']),
  set('anylink', 'hash:net,iface', ['10.0.0.0/8,eth wildcard']),
  set('bits', 'bitmap:ip', ['10.0.0.2']),
  set('ports', 'bitmap:port', ['80']),
  set('macs', 'bitmap:ip,mac', ['10.0.0.2,02:00:00:00:00:01', '10.0.0.9']),
  set('hashmacs', 'hash:mac', ['02:00:00:00:00:01']),
  set('marks', 'hash:ip,mark', ['10.0.0.2,0x00000007']),
  set('list', 'list:set', ['others', 'ips']),
  set('lost', 'list:set', ['others', 'gone']),
  set('cut', 'hash:ip', ['10.0.0.2'], { total: 20_000 }),
  set('cutnets', 'hash:net', ['10.0.0.0/8'], { total: 20_000 }),
  set('strange', 'hash:ip', ['whatever']),
];

const { sourcePort: _port, ...portless } = packet();
const far = packet({ source: '172.16.0.1' });

describe('a set', () => {
  test.each<[string, 'yes' | 'no' | 'unknown', Packet?]>([
    ['--match-set ips src', 'yes'],
    ['! --match-set ips src', 'no'],
    ['--match-set ips dst', 'no'],
    ['! --match-set ips dst', 'yes'],
    ['--match-set masked src', 'yes'],
    ['--match-set masked src', 'no', far],
    ['--match-set ips6 src', 'yes', packet({ source: 'fd00::2', destination: 'fd00::9' })],
    // A set of the other family holds nothing.
    ['--match-set ips6 src', 'no'],
    ['! --match-set ips6 src', 'yes'],
    ['--match-set nets src', 'yes'],
    ['--match-set nets src', 'no', packet({ source: '10.0.0.3' })],
    ['--match-set nets src', 'yes', packet({ source: '10.0.1.3' })],
    ['--match-set nets dst', 'yes'],
    ['--match-set nets src', 'no', packet({ source: '193.0.0.1' })],
    ['--match-set holes src', 'no'],
    ['! --match-set holes src', 'yes'],
    ['--match-set holes src --return-nomatch', 'yes'],
    ['--match-set holes src --return-nomatch', 'no', packet({ source: '10.9.0.1' })],
    ['--match-set holes src --return-nomatch', 'no', far],
    ['--match-set ips src --return-nomatch', 'yes'],
    ['--match-set web dst,dst', 'yes'],
    ['--match-set web dst,src', 'no'],
    ['--match-set web dst', 'no'],
    ['! --match-set web dst', 'yes'],
    ['--match-set web dst,dst', 'yes', ping()],
    ['--match-set web dst,dst', 'no', ping({ icmpType: 0 })],
    ['--match-set web dst,dst', 'no', packet({ protocol: PROTOCOL.udp })],
    ['--match-set clients src,src', 'unknown', portless],
    ['--match-set clients src,src', 'unknown', packet({ sourcePort: 'ephemeral' })],
    ['--match-set clients dst,src', 'no', portless],
    ['--match-set netport dst,dst', 'yes'],
    ['--match-set netport dst,dst', 'no', packet({ destinationPort: 81 })],
    ['--match-set three src,dst,dst', 'yes'],
    ['--match-set three src,dst,src', 'no'],
    ['--match-set threenet src,dst,dst', 'no'],
    ['--match-set threenet src,dst,dst', 'yes', packet({ destination: '192.0.3.1' })],
    ['--match-set netlink src,src', 'yes'],
    ['--match-set netlink src,dst', 'no'],
    ['--match-set anylink src,dst', 'yes'],
    ['--match-set bits src', 'yes'],
    ['--match-set ports dst', 'yes'],
    ['--match-set ports src', 'no'],
    ['--match-set ports dst', 'no', ping()],
    ['--match-set macs src,src', 'unknown'],
    ['--match-set macs src,src', 'yes', packet({ sourceMac: '02:00:00:00:00:01' })],
    ['--match-set macs src,src', 'no', packet({ sourceMac: '02:00:00:00:00:09' })],
    ['--match-set macs src,src', 'unknown', packet({ source: '10.0.0.9' })],
    ['--match-set macs src,src', 'no', far],
    ['--match-set hashmacs src', 'yes', packet({ sourceMac: '02:00:00:00:00:01' })],
    ['--match-set marks src,src', 'yes', packet({ mark: 7 })],
    ['--match-set marks src,src', 'unknown'],
    ['--match-set marks dst,dst', 'no'],
    ['--match-set list src', 'yes'],
    ['--match-set list dst', 'no'],
    ['--match-set lost src', 'unknown'],
    ['--match-set lost src', 'yes', packet({ source: '10.7.7.7' })],
    ['--match-set cut src', 'yes'],
    ['--match-set cut dst', 'unknown'],
    ['--match-set cutnets src', 'unknown'],
    ['--match-set gone src', 'unknown'],
    ['--match-set strange src', 'unknown'],
    ['--match-set ips src --packets-gt 5', 'unknown'],
    ['--match-set ips dst --packets-gt 5', 'no'],
    ['--match-set ips sideways', 'unknown'],
  ])('-m set %s: %s', (words, result, asked) => {
    expect(matches(`-m set ${words}`, asked, surroundings({ sets }))).toBe(result);
  });

  test('that rules add addresses to holds nobody knows what', () => {
    const rules = ruleset([
      '*filter',
      ':FORWARD ACCEPT [0:0]',
      '-A FORWARD -p udp -j SET --add-set ips src',
      '-A FORWARD -m set --match-set ips dst -j DROP',
      'COMMIT',
    ]);
    const [base] = basesOf(rules);
    if (!base) throw new Error('no chain');
    const { outcomes } = evaluateChain(base, packet(), surroundings({ sets }));
    expect(outcomes.map(({ decision }) => decision.verdict.kind).sort()).toEqual(['accept', 'drop']);
  });
});
