import { describe, expect, test } from 'vitest';
import { parseRule } from '../../../probes/iptables/parse-rule.ts';
import { evaluateMatch, type MatchContext } from '../../../src/path/match.ts';
import { answerTo, firstPacket, type Packet } from '../../../src/path/packet.ts';
import type { Ternary } from '../../../src/path/ternary.ts';

const PACKET: Packet = {
  ...firstPacket(
    { from: 'web', to: 'x', proto: 'tcp', source: '172.17.0.2', destination: '203.0.113.10', port: 443 },
    'ipv4',
  ),
  inLink: 'docker0',
  outLink: 'eth0',
};
const PLAIN: MatchContext = { marksAreZero: true, allTracked: true };

/** Evaluates the last condition of a rule, as it is printed by iptables-save. */
function ask(text: string, packet: Packet = PACKET, context: MatchContext = PLAIN): Ternary {
  const match = parseRule(`-A FORWARD ${text} -j ACCEPT`)?.rule.matches.at(-1);
  if (!match) throw new Error(`no condition in ${text}`);
  return evaluateMatch(match, packet, context);
}

describe('a condition holds, fails, or cannot be told', () => {
  test.each<readonly [string, Ternary]>([
    ['-s 172.17.0.0/16', 'yes'],
    ['-s 172.17.0.2/32', 'yes'],
    ['-s 172.18.0.0/16', 'no'],
    ['! -s 172.17.0.0/16', 'no'],
    ['-s 172.0.0.0/255.0.255.255', 'no'],
    ['-s 172.0.0.2/255.0.255.255', 'yes'],
    ['-s fd00::/8', 'no'],
    ['-s nonsense', 'unknown'],
    ['! -s nonsense', 'unknown'],
    ['-d 203.0.113.0/24', 'yes'],
    ['-d 0.0.0.0/0', 'yes'],
    ['-i docker0', 'yes'],
    ['-i docker', 'no'],
    ['-i dock+', 'yes'],
    ['-i +', 'yes'],
    ['! -o docker0', 'yes'],
    ['-o eth+', 'yes'],
    ['-o ethernet+', 'no'],
    ['-p tcp', 'yes'],
    ['-p 6', 'yes'],
    ['-p all', 'yes'],
    ['-p udp', 'no'],
    ['! -p esp', 'yes'],
    ['-f', 'no'],
    ['-p tcp -m tcp', 'yes'],
    ['-p tcp -m tcp --dport 443', 'yes'],
    ['-p tcp -m tcp --dport 1:442', 'no'],
    ['-p tcp -m tcp ! --dport 443', 'no'],
    ['-p tcp -m tcp --sport 53', 'no'],
    ['-p tcp -m tcp --sport 1024:65535', 'yes'],
    ['-p tcp -m tcp --sport 0:65535', 'yes'],
    ['-p tcp -m tcp --sport 40000', 'unknown'],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', 'yes'],
    ['-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', 'no'],
    ['-p tcp -m tcp --tcp-flags ACK ACK', 'no'],
    ['-p tcp -m tcp --tcp-flags ALL NONE', 'no'],
    ['-p tcp -m tcp --tcp-option 5', 'unknown'],
    ['-m multiport --dports 80,443', 'yes'],
    ['-m multiport --dports 1:80,8080', 'no'],
    ['-m multiport ! --dports 80,400:500', 'no'],
    ['-m multiport --ports 443', 'yes'],
    ['-m conntrack --ctstate NEW', 'yes'],
    ['-m conntrack --ctstate RELATED,ESTABLISHED', 'no'],
    ['-m conntrack ! --ctstate INVALID', 'yes'],
    ['-m conntrack --ctstate DNAT', 'unknown'],
    ['-m conntrack --ctorigdst 1.2.3.4', 'unknown'],
    ['-m state --state NEW', 'yes'],
    ['-m addrtype --dst-type LOCAL', 'no'],
    ['-m addrtype ! --dst-type LOCAL', 'yes'],
    ['-m addrtype --dst-type BROADCAST', 'unknown'],
    ['-m comment --comment anything', 'yes'],
    ['-m mark --mark 0x1/0xff', 'no'],
    ['-m mark ! --mark 0x1', 'yes'],
    ['-m iprange --src-range 172.17.0.1-172.17.0.9', 'yes'],
    ['-m iprange --dst-range 10.0.0.1-10.0.0.9', 'no'],
    ['-m physdev --physdev-is-bridged', 'no'],
    ['-m set --match-set banned src', 'unknown'],
    ['-m limit --limit 3/min', 'unknown'],
    ['-m socket', 'unknown'],
    ['-m constructor --constructor 1', 'unknown'],
  ])('%s: %s', (text, expected) => {
    expect(ask(text)).toBe(expected);
  });

  test('the answer is established, comes from the port and goes backwards', () => {
    const answer = answerTo(PACKET);
    expect(ask('-m conntrack --ctstate RELATED,ESTABLISHED', answer)).toBe('yes');
    expect(ask('-o docker0', answer)).toBe('yes');
    expect(ask('-s 203.0.113.10/32', answer)).toBe('yes');
    expect(ask('-p tcp -m tcp --sport 443', answer)).toBe('yes');
    expect(ask('-p tcp -m tcp --dport 443', answer)).toBe('no');
  });

  test('icmp types are those of an echo', () => {
    const ping: Packet = { ...PACKET, protocol: 'icmp' };
    expect(ask('-p icmp -m icmp --icmp-type 8', ping)).toBe('yes');
    expect(ask('-p icmp -m icmp --icmp-type 8', answerTo(ping))).toBe('no');
    expect(ask('-p icmp -m icmp --icmp-type 8/1', ping)).toBe('no');
    expect(ask('-p icmp -m icmp --icmp-type any', ping)).toBe('yes');
    expect(ask('-p ipv6-icmp', { ...ping, family: 'ipv6' })).toBe('yes');
  });

  test('a link that is not known leaves its condition unknown', () => {
    const { outLink: _, ...packet } = PACKET;
    expect(ask('-o eth0', packet)).toBe('unknown');
    expect(ask('! -o eth0', packet)).toBe('unknown');
  });

  test('marks and states are unknown where rules change them', () => {
    expect(ask('-m mark --mark 0x1', PACKET, { ...PLAIN, marksAreZero: false })).toBe('unknown');
    expect(ask('-m conntrack --ctstate NEW', PACKET, { ...PLAIN, allTracked: false })).toBe('unknown');
  });
});
