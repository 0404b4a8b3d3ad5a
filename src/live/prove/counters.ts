/**
 * Counters of the kernel that tell of lost packets (proc_net(5): snmp, netstat, snmp6; RFC 4293), and those of rules of
 * iptables-legacy, whose packets nobody can trace. Read before and after: what they gained is weak evidence.
 */
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import { runSave } from '../../../probes/iptables/run-save.ts';
import type { Family } from '../../model/address.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { NamespaceHandle, System } from '../../system/system.ts';
import type { CounterGain } from './proof.ts';

export type Counts = ReadonlyMap<string, number>;

const DIRECTORY = '/proc/thread-self/net';
const TOLD: ReadonlySet<string> = new Set([
  ...['IpInHdrErrors', 'IpInAddrErrors', 'IpInDiscards', 'IpOutDiscards', 'IpOutNoRoutes', 'IpFragFails'],
  ...['IpExtInNoRoutes', 'IpExtInTruncatedPkts', 'TcpExtIPReversePathFilter', 'TcpExtArpFilter'],
  ...['TcpExtListenOverflows', 'TcpExtListenDrops', 'TcpExtTCPBacklogDrop', 'TcpOutRsts', 'UdpNoPorts'],
  ...['IcmpOutDestUnreachs', 'IcmpOutTimeExcds', 'Icmp6OutDestUnreachs', 'Icmp6OutPktTooBigs'],
  ...['Ip6InHdrErrors', 'Ip6InTooBigErrors', 'Ip6InNoRoutes', 'Ip6InAddrErrors', 'Ip6InDiscards'],
  ...['Ip6OutDiscards', 'Ip6OutNoRoutes', 'Ip6FragFails', 'Udp6NoPorts'],
]);

/** Targets of iptables by which a packet ends. */
const LOSING: ReadonlySet<string> = new Set(['DROP', 'REJECT']);

/** As they are now; what cannot be read is left out. */
export async function readCounts(
  { processes }: Pick<System, 'processes'>,
  namespace: Namespace,
  handle: NamespaceHandle,
  family: Family,
): Promise<Counts> {
  const isLegacy = namespace.rulesets?.some(
    (one) => one.flavour === 'legacy' && one.family === family && one.tables.length > 0,
  );
  const counts = new Map([
    ...parsePairs(read(handle, 'snmp')),
    ...parsePairs(read(handle, 'netstat')),
    ...parseLines(read(handle, 'snmp6')),
  ]);
  for (const name of counts.keys()) if (!TOLD.has(name)) counts.delete(name);
  if (isLegacy)
    for (const [name, count] of await readLegacy(processes, handle, family)) counts.set(name, count);
  return counts;
}

/** What grew, in the order of the names as the kernel has them. */
export function gains(namespace: string, before: Counts, after: Counts): readonly CounterGain[] {
  return [...after].flatMap(([name, count]) => {
    const gained = count - (before.get(name) ?? count);
    return gained > 0 ? [{ namespace, name, gained }] : [];
  });
}

/** A line of names and one of numbers, both of which begin with the same word. */
function parsePairs(text: string): readonly (readonly [string, number])[] {
  const lines = text.split('\n').map((line) => line.split(/\s+/));
  return lines.flatMap(([title = '', ...names], index) => {
    const [again, ...numbers] = lines[index + 1] ?? [];
    if (index % 2 === 1 || again !== title || title === '') return [];
    const group = title.replace(':', '');
    return names.map((name, at) => [`${group}${name}`, Number(numbers[at])] as const);
  });
}

function parseLines(text: string): readonly (readonly [string, number])[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', count] = line.trim().split(/\s+/);
    return count === undefined ? [] : [[name, Number(count)] as const];
  });
}

function read(handle: NamespaceHandle, name: string): string {
  try {
    return handle.readText(`${DIRECTORY}/${name}`);
  } catch {
    // A kernel without IPv6 has no snmp6.
    return '';
  }
}

async function readLegacy(
  processes: System['processes'],
  handle: NamespaceHandle,
  family: Family,
): Promise<Counts> {
  try {
    const kind = { family, flavour: 'legacy' } as const;
    const { tables } = parseSave(await runSave(processes, handle, kind), kind);
    return new Map(
      tables.flatMap((table) =>
        table.chains.flatMap(({ name, policy, counters, rules }) => [
          ...rules
            .filter(({ target = '' }) => LOSING.has(target))
            .map((rule) => [ruleCounter(table.name, name, rule.number), rule.counters.packets] as const),
          ...(policy === 'DROP' ? [[ruleCounter(table.name, name), counters.packets] as const] : []),
        ]),
      ),
    );
  } catch {
    // The tool is missing or refused: the diagnosis itself has a gap for that.
    return new Map();
  }
}

/** The name that a rule's counter goes by, or that of a chain's policy. */
export function ruleCounter(table: string, chain: string, number?: number): string {
  return `iptables-legacy ${table} ${chain} ${number === undefined ? 'policy' : `rule ${number}`}`;
}
