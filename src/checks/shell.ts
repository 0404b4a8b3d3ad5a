/** Commands that are safe to paste: every word that came from outside is quoted for sh (POSIX, 2.2 Quoting). */
import type { Namespace } from '../model/namespace.ts';

/** Words of only these characters mean themselves in every shell. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+=,-]*$/;

export function quoteWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words as one command line. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** The command as root of the host would run it in this namespace. */
export function commandIn(namespace: Namespace, ...words: readonly string[]): string {
  return shellCommand(...entry(namespace), ...words);
}

function entry({ kind, pids, names, paths }: Namespace): readonly string[] {
  if (kind === 'host') return [];
  const [pid] = pids;
  if (pid !== undefined) return ['nsenter', '-t', String(pid), '-n'];
  const named = names.find((name) => name.startsWith('netns:'))?.slice('netns:'.length);
  if (named !== undefined) return ['ip', 'netns', 'exec', named];
  const [path] = paths;
  return path === undefined ? [] : ['nsenter', `--net=${path}`];
}

/** A link's sysctl as sysctl(8) takes it: a dot in the name counts as a separator, unless all separators are slashes. */
export function sysctlOf(family: string, link: string, name: string): string {
  return /[./]/.test(link) ? `net/${family}/conf/${link}/${name}` : `net.${family}.conf.${link}.${name}`;
}

/** `ip`, or `ip -6`, without which ip(8) shows the tables of IPv4 alone. */
export function ipFor(address: string): readonly string[] {
  return address.includes(':') ? ['ip', '-6'] : ['ip'];
}

/** The program that shows and changes the rules of this family and flavour. */
export function iptablesTool(family: string, flavour: string): string {
  return `${family === 'ipv6' ? 'ip6tables' : 'iptables'}-${flavour}`;
}
