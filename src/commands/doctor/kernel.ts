/** What this process may do, and what the kernel answers. */
import { askConntrack, countLinks, countListeners, countNftTables } from '../../../probes/abilities.ts';
import { readProcessNamespaces } from '../../../probes/netns-list.ts';
import { OWN_NAMESPACE } from '../../model/nsfs.ts';
import type { NamespaceHandle, System } from '../../system/system.ts';
import { formatPlural } from '../../view/format.ts';
import { attempt, type Examination, type Finding, readOrNothing } from './examination.ts';

/** Bits of linux/capability.h, and what each is for. */
const CAPABILITIES = [
  { name: 'CAP_SYS_ADMIN', bit: 21, use: 'to enter namespaces', essential: true },
  { name: 'CAP_NET_ADMIN', bit: 12, use: 'to read firewall rules and connections', essential: true },
  { name: 'CAP_NET_RAW', bit: 13, use: 'to capture packets' },
  { name: 'CAP_SYS_PTRACE', bit: 19, use: "to see other users' processes" },
] as const;

export const examineRights: Examination = (system) => {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readOrNothing(system, '/proc/thread-self/status') ?? '');
  const bits = BigInt(`0x${effective?.[1] ?? '0'}`);
  const lacking = CAPABILITIES.filter(({ bit }) => ((bits >> BigInt(bit)) & 1n) === 0n);
  const user = system.host.uid === 0 ? 'root' : `user ${system.host.uid}`;
  if (lacking.length === 0) return [{ name: 'rights', state: 'ok', detail: user, essential: true }];
  const essential = lacking.some((capability) => 'essential' in capability);
  return [
    {
      name: 'rights',
      state: essential ? 'missing' : 'warn',
      detail: `${user} lacks ${lacking.map(({ name, use }) => `${name} (${use})`).join(', ')}`,
      advice: 'run as root',
      essential,
    },
  ];
};

export const examineKernel: Examination = (system) => [
  {
    name: 'kernel',
    state: 'ok',
    detail: readOrNothing(system, '/proc/sys/kernel/osrelease') ?? 'version not told',
  },
];

/** Tries for real to be in another namespace. */
export const examineNamespaces: Examination = (system) => {
  const own = attempt(() => system.namespaces.open(OWN_NAMESPACE));
  if ('refusal' in own)
    return [{ name: 'setns', state: 'missing', detail: own.refusal, essential: true, advice: 'mount /proc' }];
  own.answer.close();
  const { pidsByInode, unreadable } = readProcessNamespaces(system.files);
  const [other] = [...pidsByInode].find(([inode]) => inode !== own.answer.id)?.[1] ?? [];
  const entered = attempt(() => (other === undefined ? undefined : enter(system, other)));
  const first = attempt(() => system.files.readLink('/proc/1/ns/net'));
  return [
    'refusal' in entered
      ? {
          name: 'setns',
          state: 'missing',
          detail: `cannot enter another namespace: ${entered.refusal}`,
          advice: 'run as root',
          essential: true,
        }
      : { name: 'setns', state: 'ok', detail: other === undefined ? 'no other namespace to try' : 'works' },
    {
      name: 'processes',
      state: unreadable === 0 ? 'ok' : 'warn',
      detail: `${formatPlural(pidsByInode.size, 'namespace')} in use, ${unreadable} not readable`,
      ...(unreadable === 0 || system.host.uid === 0 ? {} : { advice: 'run as root' }),
    },
    'refusal' in first
      ? {
          name: '/proc/1/ns/net',
          state: 'warn',
          detail: `not readable (${first.refusal}); the namespace netpeek runs in is taken for the host`,
        }
      : { name: '/proc/1/ns/net', state: 'ok', detail: first.answer },
  ];
};

function enter(system: System, pid: number): true {
  const handle = system.namespaces.open(`/proc/${pid}/ns/net`);
  try {
    return handle.inside(() => true as const);
  } finally {
    handle.close();
  }
}

type Question = {
  readonly name: string;
  readonly ask: (namespace: NamespaceHandle) => number;
  readonly said: (count: number) => string;
  readonly advice: string;
  readonly essential?: boolean;
};

const QUESTIONS: readonly Question[] = [
  {
    name: 'rtnetlink',
    ask: countLinks,
    said: (count) => formatPlural(count, 'link'),
    advice: 'this kernel has no rtnetlink',
    essential: true,
  },
  {
    name: 'nf_tables',
    ask: countNftTables,
    said: (count) => formatPlural(count, 'table'),
    advice: 'run as root; modprobe nf_tables',
  },
  {
    name: 'conntrack',
    ask: askConntrack,
    said: () => 'answers',
    advice: 'run as root; modprobe nf_conntrack_netlink',
  },
  {
    name: 'sock_diag',
    ask: countListeners,
    said: (count) => `${formatPlural(count, 'socket')} listening on IPv4 TCP`,
    advice: 'modprobe inet_diag tcp_diag; /proc/net is read in its place',
  },
];

export const examineNetlink: Examination = (system) => {
  const handle = attempt(() => system.namespaces.open(OWN_NAMESPACE));
  if ('refusal' in handle) return [];
  const findings = QUESTIONS.map(({ name, ask, said, advice, essential = false }): Finding => {
    const asked = attempt(() => ask(handle.answer));
    if ('answer' in asked) return { name, state: 'ok', detail: said(asked.answer), essential };
    const state = essential ? 'missing' : 'warn';
    return { name, state, detail: `not answered: ${asked.refusal}`, advice, essential };
  });
  handle.answer.close();
  return [...findings, legacyTables(system)];
};

/** The kernel lists the legacy tables that are in use (net/ipv4/netfilter/ip_tables.c); absent where that code is not loaded. */
function legacyTables(system: System): Finding {
  const names = (readOrNothing(system, '/proc/thread-self/net/ip_tables_names') ?? '')
    .split('\n')
    .filter(Boolean);
  return {
    name: 'legacy iptables',
    state: 'ok',
    detail: names.length === 0 ? 'no tables in use' : `tables in use: ${names.join(', ')}`,
  };
}
