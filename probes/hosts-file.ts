/** What the hosts file of a namespace, or of a container in it, says of one name (hosts(5)). */
import ipaddr from 'ipaddr.js';
import { type Files, type NamespaceHandle, SystemError } from '../src/system/system.ts';
import type { Subject } from './probe.ts';
import { wantedOf } from './resolver/whose-file.ts';

/** Lists that block advertisements have some hundred thousand lines. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/** The addresses that it gives for the name; empty too where it cannot be read. `container` is whose file it is, where there are several. */
export function readHosts(
  files: Files,
  { id }: Pick<NamespaceHandle, 'id'>,
  subject: Subject,
  { name, container }: { readonly name: string; readonly container?: string | undefined },
): readonly string[] {
  const all = wantedOf(files, subject, 'hosts');
  const wanted = all.find((one) => container !== undefined && one.container === container) ?? all[0];
  for (const { path, root, pid } of wanted?.candidates ?? []) {
    try {
      const bytes = files.readRegular(path, {
        limitBytes: LIMIT_BYTES,
        ...(root === undefined ? {} : { root }),
      });
      if (pid !== undefined && files.readLink(`/proc/${pid}/ns/net`) !== `net:[${id}]`) continue;
      return findInHosts(new TextDecoder().decode(bytes), name);
    } catch (error) {
      // As for a process: a file that cannot be read says nothing.
      if (!(error instanceof SystemError)) throw error;
    }
  }
  return [];
}

/** The addresses of a name, which may have a trailing dot, among the lines of a hosts file. */
export function findInHosts(text: string, name: string): readonly string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase();
  const found = new Set<string>();
  for (const line of text.split('\n')) {
    if (!line.toLowerCase().includes(wanted)) continue;
    const [address = '', ...names] = (line.split('#')[0] ?? '').split(/\s+/).filter(Boolean);
    if (isAddress(address) && names.some((one) => one.toLowerCase() === wanted)) found.add(address);
  }
  return [...found];
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text));
}
