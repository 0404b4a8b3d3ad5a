/** One ruleset on trial: loaded into the router, read by the probes, and met by packets. */
import { spawnSync } from 'node:child_process';
import { encodeRequest } from '../../../probes/netlink/message.ts';
import { openRtnetlink } from '../../../probes/netlink/socket.ts';
import { readNamespace } from '../../../src/discover/read-namespace.ts';
import type { Link } from '../../../src/model/link.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { firewallOf } from '../../../src/path/netfilter/firewall.ts';
import { surroundingsOf } from '../../../src/path/netfilter/surroundings-of.ts';
import type { System } from '../../../src/system/system.ts';
import type { ModelRouter } from './model-story.ts';
import { BUILT_IN_CHAINS } from './random-iptables.ts';
import { type Loading, loadings, type RandomRules } from './rules.ts';
import type { Town } from './town.ts';
import { TRACE_RULES } from './trace-story.ts';

/** NFNL_SUBSYS_CTNETLINK in the upper byte, IPCTNL_MSG_CT_DELETE: without a tuple, all connections. */
const CONNTRACK_DELETE = 0x0102;

class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** Replaces all rules of the router. Throws `LoadError` with what the tool says. */
export function loadRules(town: Town, rules: RandomRules): void {
  clearLegacy(town);
  run(town, { argv: ['nft', '-f', '-'], input: `flush ruleset\n${TRACE_RULES}` });
  for (const loading of loadings(rules)) run(town, loading);
}

function run({ router }: Town, { argv, input }: Loading): void {
  const [program, ...args] = argv;
  const { status, stderr, error } = router.inside(() =>
    spawnSync(program, args, { input, encoding: 'utf8' }),
  );
  if (error) throw error;
  if (status !== 0) throw new LoadError(`${argv.join(' ')} refuses:\n${stderr}\n${input}`);
}

/** The tables of the legacy flavour stay once they are made: they are emptied. */
function clearLegacy(town: Town): void {
  for (const [file, tool] of [
    ['ip_tables_names', 'iptables-legacy-restore'],
    ['ip6_tables_names', 'ip6tables-legacy-restore'],
  ] as const) {
    const names = town.router.readText(`/proc/thread-self/net/${file}`).trim().split('\n').filter(Boolean);
    if (names.length > 0) run(town, { argv: [tool], input: names.map(emptyTable).join('') });
  }
}

/** Chains keep their policy unless it is said. */
function emptyTable(name: string): string {
  return [
    `*${name}`,
    ...(BUILT_IN_CHAINS[name] ?? []).map((chain) => `:${chain} ACCEPT [0:0]`),
    'COMMIT',
    '',
  ].join('\n');
}

/** Reads the router as netpeek reads any namespace. Throws where something could not be read. */
export async function readRouter(system: System, town: Town): Promise<ModelRouter> {
  const rtnetlink = openRtnetlink(town.router);
  try {
    const { facts, gaps } = await readNamespace(
      system,
      { id: town.router.id, handle: town.router, rtnetlink, places: [] },
      { kind: 'named', paths: [], pids: [], containers: [] },
      { sections: new Set(['rulesets', 'links', 'addresses', 'routes', 'policyRules']), stats: false },
    );
    if (gaps.length > 0) throw new Error(`not all was read: ${gaps.map(({ reason }) => reason).join('; ')}`);
    const namespace: Namespace = {
      ...facts,
      id: town.router.id,
      name: 'router',
      names: ['router'],
      kind: 'named',
      paths: [],
      pids: [],
      containers: [],
      links: (facts.links ?? []).map(
        ({ masterIfindex: _master, lowerIfindex: _lower, lowerNsid: _nsid, ...link }): Link => ({
          ...link,
          addresses: [],
          peer: null,
          master: null,
          network: null,
        }),
      ),
    };
    return { firewall: firewallOf(emptySnapshot, namespace), around: surroundingsOf(namespace) };
  } finally {
    rtnetlink.close();
  }
}

const emptySnapshot: Snapshot = {
  takenAt: '',
  hostname: '',
  engine: null,
  namespaces: [],
  stoppedContainers: [],
  networks: [],
  gaps: [],
};

/** Forgets all connections of the router. */
export function forgetConnections({ router }: Pick<Town, 'router'>): void {
  const socket = router.openNetlink('netfilter');
  socket.send(encodeRequest({ type: CONNTRACK_DELETE, header: new Uint8Array(4), dump: false }, 1));
  socket.close();
}
