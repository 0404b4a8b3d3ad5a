/** Destinations that are names of hosts (RFC 1123, 2.1; `_` as in service names), beside targets and addresses. */
import type { Namespace } from '../../model/namespace.ts';
import { UserError } from '../../model/user-error.ts';
import { familyOf } from '../prefix.ts';

export type HostName = { readonly name: string; readonly port: number | null };

/** Octets of a name on the wire are 255 at most (RFC 1035, 2.3.4), which leaves this many characters. */
const LONGEST_NAME = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;
/** Words of a target whose colon belongs to it. */
const SCOPED = /^(pid|container|netns|inode):/;

/** The name that a word stands for; undefined where it is a target, an address, or nothing that could be a name. */
export function readHostName(text: string, find: (text: string) => Namespace): HostName | undefined {
  if (text === 'internet' || SCOPED.test(text)) return undefined;
  const [, name = '', port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = port === undefined ? null : Number(port);
  if (!isHostName(name) || number === 0 || (number ?? 1) > 65_535) return undefined;
  if (!isUnknown(text, find) || !isUnknown(name, find)) return undefined;
  return { name, port: number };
}

/** A trailing dot makes a name that is whole, whatever the search list says; it also tells it from a target of that name. */
function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  const fits = name.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label));
  // A last label of digits alone makes it a mistyped address (RFC 3696, 2).
  return fits && !/^\d+$/.test(labels.at(-1) ?? '') && familyOf(name) === undefined;
}

/** Nothing here has the name; one that has stopped, or several that share it, are targets all the same. */
function isUnknown(text: string, find: (text: string) => Namespace): boolean {
  try {
    find(text);
    return false;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return /^nothing here is called /.test(error.message);
  }
}
