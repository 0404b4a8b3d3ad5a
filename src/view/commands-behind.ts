/** The commands that show by hand what a pane shows, ready to paste: netpeek asks the kernel for the same facts. */
import type { Namespace } from '../model/namespace.ts';
import { findLink } from '../model/snapshot.ts';

export type PaneFacts =
  | 'links'
  | 'routes'
  | 'neighbours'
  | 'nat'
  | 'firewall'
  | 'conntrack'
  | 'sockets'
  | 'rules'
  | 'fdb'
  | 'tc'
  | 'sysctls'
  | 'dns';

type Commands = readonly (readonly string[])[];

const TABLES: Readonly<Record<Exclude<PaneFacts, 'dns'>, Commands>> = {
  links: [
    ['ip', '-details', '-statistics', 'link', 'show'],
    ['ip', '-brief', 'address', 'show'],
  ],
  routes: [
    ['ip', 'route', 'show', 'table', 'all'],
    ['ip', '-6', 'route', 'show', 'table', 'all'],
  ],
  neighbours: [['ip', '-statistics', 'neighbour', 'show']],
  nat: [...rulesOf('-t', 'nat'), ['nft', 'list', 'ruleset']],
  firewall: [...rulesOf(), ['nft', '-a', 'list', 'ruleset']],
  conntrack: [
    ['conntrack', '-L', '-f', 'ipv4'],
    ['conntrack', '-L', '-f', 'ipv6'],
    ['sysctl', 'net.netfilter.nf_conntrack_count', 'net.netfilter.nf_conntrack_max'],
  ],
  sockets: [['ss', '-lntupe']],
  rules: [
    ['ip', 'rule', 'show'],
    ['ip', '-6', 'rule', 'show'],
  ],
  fdb: [['bridge', '-details', 'fdb', 'show']],
  tc: [
    ['tc', '-statistics', 'qdisc', 'show'],
    ['bpftool', 'net', 'show'],
  ],
  sysctls: [['sysctl', '-a', '--pattern', '^net\\.(ipv4|ipv6|bridge|netfilter)\\.']],
};

/** The commands behind a pane, each run in the namespace it shows. */
export function commandsBehind(namespace: Namespace, pane: PaneFacts): readonly string[] {
  if (pane === 'dns') return resolverPaths(namespace).map((path) => formatCommand(['cat', path]));
  const more = pane === 'tc' ? filterCommands(namespace) : [];
  return [...TABLES[pane], ...more].map((argv) => formatCommand([...enter(namespace), ...argv]));
}

/** Both kinds of iptables may hold rules at the same time, and each family has its own. */
function rulesOf(...table: readonly string[]): Commands {
  return ['iptables', 'ip6tables'].flatMap((family) =>
    ['nft', 'legacy'].map((flavour) => [`${family}-${flavour}-save`, '-c', ...table]),
  );
}

/** tc(8) lists filters link by link only. */
function filterCommands(namespace: Namespace): Commands {
  const ifindexes = new Set(namespace.trafficControl?.filters.map(({ ifindex }) => ifindex));
  return [...ifindexes].flatMap((ifindex) => {
    const link = findLink(namespace, ifindex);
    return link === undefined ? [] : [['tc', '-statistics', 'filter', 'show', 'dev', link.name]];
  });
}

/** A file is the same in every network namespace: what differs is whose file it is. */
function resolverPaths(namespace: Namespace): readonly string[] {
  const { resolver, containers, pids } = namespace;
  const rootOf = (pid: number | undefined) => (pid ? `/proc/${pid}/root` : '');
  if (!resolver) return [`${namespace.kind === 'host' ? '' : rootOf(pids[0])}/etc/resolv.conf`];
  const paths = [resolver, ...(resolver.others ?? [])].map(({ source, path, container }) => {
    const pid = container ? containers.find(({ name }) => name === container)?.pid : pids[0];
    return source === 'process' ? `${rootOf(pid)}${path}` : path;
  });
  return [...new Set(paths)];
}

/** How a shell gets into the namespace: not at all for the host, by its name or a file otherwise. */
function enter(namespace: Namespace): readonly string[] {
  if (namespace.kind === 'host') return [];
  const [path] = namespace.paths;
  const name = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path ?? '')?.[1];
  if (name !== undefined) return ['ip', 'netns', 'exec', name];
  const [pid] = namespace.pids;
  return ['nsenter', `--net=${path ?? `/proc/${pid ?? 'PID'}/ns/net`}`];
}

function formatCommand(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

/** A word as a POSIX shell takes it literally. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
