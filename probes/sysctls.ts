/** The network sysctls that decide forwarding (ip-sysctl.rst of the kernel's documentation), read inside the namespace. */

import { cleanText } from '../src/model/clean-text.ts';
import type { Sysctls } from '../src/model/namespace.ts';
import type { NamespaceHandle } from '../src/system/system.ts';

const ROOT = '/proc/sys/net';
const SINGLE = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding', 'bridge/bridge-nf-call-iptables'];
const PER_LINK = ['ipv4/conf/*/forwarding', 'ipv4/conf/*/rp_filter'];

/** Values by path below /proc/sys/net. A sysctl that this kernel does not have is left out. Throws when nothing can be read. */
export function readSysctls(namespace: NamespaceHandle): Sysctls {
  const links = namespace.list(`${ROOT}/ipv4/conf`);
  const paths = [
    ...SINGLE,
    ...PER_LINK.flatMap((pattern) => links.map((link) => pattern.replace('*', link))),
  ];
  const values: Record<string, string> = {};
  for (const path of paths) {
    const value = readOne(namespace, path);
    if (value !== undefined) values[cleanText(path)] = value;
  }
  return values;
}

/** A missing file is a kernel without the feature, or a link that went in the meantime. */
function readOne(namespace: NamespaceHandle, path: string): string | undefined {
  try {
    return cleanText(namespace.readText(`${ROOT}/${path}`).trim());
  } catch {
    return undefined;
  }
}
