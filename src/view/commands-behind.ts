/** The commands that show by hand what a pane shows, ready to paste: netpeek asks the kernel for the same facts. */
import type { Namespace } from '../model/namespace.ts';

export type PaneFacts = 'links' | 'routes' | 'neighbours' | 'nat';

const TABLES: Readonly<Record<PaneFacts, readonly (readonly string[])[]>> = {
  links: [
    ['ip', '-details', '-statistics', 'link', 'show'],
    ['ip', '-brief', 'address', 'show'],
  ],
  routes: [
    ['ip', 'route', 'show', 'table', 'all'],
    ['ip', '-6', 'route', 'show', 'table', 'all'],
  ],
  neighbours: [['ip', '-statistics', 'neighbour', 'show']],
  nat: [
    ['iptables-nft-save', '-c', '-t', 'nat'],
    ['iptables-legacy-save', '-c', '-t', 'nat'],
  ],
};

/** The commands behind a pane, each run in the namespace it shows. */
export function commandsBehind(namespace: Namespace, pane: PaneFacts): readonly string[] {
  return TABLES[pane].map((argv) => [...enter(namespace), ...argv].map(quoteWord).join(' '));
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

/** A word as a POSIX shell takes it literally. */
function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
