/** Rules as iptables-save prints them, made ready to be asked, and packets to ask them about. */
import { parseSave } from '../../probes/iptables/parse-save.ts';
import type { Ruleset } from '../../src/model/firewall.ts';
import type { IpSet } from '../../src/model/ipset.ts';
import type { Firewall } from '../../src/path/netfilter/firewall.ts';
import { iptablesBases } from '../../src/path/netfilter/iptables-bases.ts';
import type { Connection, Packet } from '../../src/path/netfilter/packet.ts';
import { PROTOCOL, TCP_FLAG } from '../../src/path/netfilter/packet.ts';
import type { BaseChain, RuleProgram } from '../../src/path/netfilter/program.ts';
import type { Surroundings } from '../../src/path/netfilter/surroundings.ts';
import type { Ternary } from '../../src/path/ternary.ts';

type Changes = Omit<Partial<Packet>, 'connection'> & { readonly connection?: Partial<Connection> };

/** A forwarded SYN from 10.0.0.2:40000 to 192.0.2.1:80, of a new connection. */
export function packet({ connection, ...changes }: Changes = {}): Packet {
  const source = changes.source ?? '10.0.0.2';
  const destination = changes.destination ?? '192.0.2.1';
  return {
    family: source.includes(':') ? 'ipv6' : 'ipv4',
    protocol: PROTOCOL.tcp,
    source,
    destination,
    sourcePort: 40_000,
    destinationPort: 80,
    tcpFlags: TCP_FLAG.syn,
    mark: 0,
    inLink: 'eth0',
    outLink: 'eth1',
    ...changes,
    connection: {
      state: 'new',
      direction: 'original',
      original: { source, destination, sourcePort: 40_000, destinationPort: 80 },
      sourceTranslated: 'no',
      destinationTranslated: 'no',
      mark: 0,
      ...connection,
    },
  };
}

/** An echo request. */
export function ping(changes: Changes = {}): Packet {
  const { sourcePort: _source, destinationPort: _destination, ...rest } = packet(changes);
  const v6 = rest.family === 'ipv6';
  return {
    ...rest,
    protocol: v6 ? PROTOCOL.icmpv6 : PROTOCOL.icmp,
    tcpFlags: 0,
    icmpType: v6 ? 128 : 8,
    icmpCode: 0,
    ...changes,
    connection: rest.connection,
  };
}

/** A namespace with 10.0.0.1 on eth0, these sets, and links of these kinds. */
export function surroundings(
  given: Partial<Surroundings> & { readonly sets?: readonly IpSet[] } = {},
): Surroundings {
  const { sets = [], ...changes } = given;
  return {
    addressType: (address, link) => {
      if (address === '10.0.0.1' || address === 'fd00::1')
        return link === undefined || link === 'eth0' ? 'local' : 'unicast';
      if (address === '10.0.0.255') return 'broadcast';
      if (address === '224.0.0.1' || address.startsWith('ff')) return 'multicast';
      return address === '203.0.113.9' ? 'unknown' : 'unicast';
    },
    link: () => undefined,
    ipset: (name) => sets.find((set) => set.name === name),
    hook: 'forward',
    ...changes,
  };
}

/** The ruleset of these lines: `*table`, `:CHAIN POLICY`, and rules. */
export function ruleset(lines: readonly string[], family: Ruleset['family'] = 'ipv4'): Ruleset {
  return parseSave(`${lines.join('\n')}\n`, { family, flavour: 'nft' });
}

export function basesOf(...rulesets: readonly Ruleset[]): readonly BaseChain[] {
  return iptablesBases({ name: 'host', rulesets }).bases;
}

/** Base chains, with nothing left unread. */
export function firewall(bases: readonly BaseChain[]): Firewall {
  return { bases, unread: [] };
}

/** The rule with these conditions and this target, in a chain that has a user chain CALLED beside it. */
export function ruleOf(words: string, family: Ruleset['family'] = 'ipv4'): RuleProgram {
  const table = /-j (SNAT|DNAT|MASQUERADE|REDIRECT|NETMAP)/.test(words) ? 'nat' : 'mangle';
  const [base] = basesOf(
    ruleset(
      [`*${table}`, ':PREROUTING ACCEPT [0:0]', ':CALLED - [0:0]', `-A PREROUTING ${words}`, 'COMMIT'],
      family,
    ),
  );
  const [rule] = base?.chains.get('PREROUTING')?.rules() ?? [];
  if (!rule) throw new Error(`no rule: ${words}`);
  return rule;
}

/** Whether all conditions of the rule hold. */
export function matches(
  words: string,
  asked: Packet = packet(),
  around: Surroundings = surroundings(),
): Ternary {
  let result: Ternary = 'yes';
  for (const step of ruleOf(words, asked.family).steps) {
    if (step.kind !== 'test') continue;
    const holds = step.test(asked, around);
    if (holds === 'no') return 'no';
    if (holds === 'unknown') result = 'unknown';
  }
  return result;
}
