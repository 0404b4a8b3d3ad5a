/** The network sysctls that decide forwarding, ARP, echoes and conntrack (ip-sysctl.rst, nf_conntrack-sysctl.rst of the kernel's documentation). */

import { cleanName, cleanText } from '../src/model/clean-text.ts';
import type { Sysctls } from '../src/model/sysctls.ts';
import { type NamespaceHandle, SystemError } from '../src/system/system.ts';

const ROOT = '/proc/sys/net';
const SINGLE = [
  'ipv4/ip_forward',
  'ipv4/ip_local_port_range',
  'ipv4/icmp_echo_ignore_all',
  'ipv6/icmp/echo_ignore_all',
  'bridge/bridge-nf-call-iptables',
  'bridge/bridge-nf-call-ip6tables',
  'bridge/bridge-nf-call-arptables',
  'netfilter/nf_conntrack_max',
  'netfilter/nf_conntrack_count',
  'netfilter/nf_conntrack_tcp_be_liberal',
];
/** One of each for every link, and for `all` and `default`. */
const PER_LINK: Readonly<Record<'ipv4' | 'ipv6', readonly string[]>> = {
  ipv4: [
    'forwarding',
    'rp_filter',
    'accept_local',
    'arp_ignore',
    'arp_filter',
    'proxy_arp',
    'route_localnet',
    'send_redirects',
    'src_valid_mark',
  ],
  ipv6: ['forwarding', 'force_forwarding', 'accept_ra', 'disable_ipv6', 'proxy_ndp'],
};

/** Values by path below /proc/sys/net. A sysctl that this kernel does not have is left out. Throws when nothing can be read. */
export function readSysctls(namespace: NamespaceHandle): Sysctls {
  // Entered once for all: entering for each of hundreds of small files takes longer than reading them.
  return namespace.inside(() => readInside(namespace));
}

function readInside(namespace: NamespaceHandle): Sysctls {
  const links = namespace.list(`${ROOT}/ipv4/conf`);
  const values: Record<string, string> = {};
  const read = (path: string): boolean => {
    const value = readOne(namespace, path);
    if (value !== undefined) values[cleanName(path)] = value;
    return value !== undefined;
  };
  for (const path of SINGLE) read(path);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const [first = '', ...rest] = PER_LINK[family];
    for (const link of links) {
      const directory = `${family}/conf/${link}`;
      // A link without the first has none of this family: it went, or its MTU is too small for IPv6.
      if (read(`${directory}/${first}`)) for (const name of rest) read(`${directory}/${name}`);
    }
  }
  return values;
}

/** Several values of one sysctl stand with tabs between them. A missing file is a kernel without the feature, or a link that went in the meantime. */
function readOne(namespace: NamespaceHandle, path: string): string | undefined {
  try {
    return cleanText(namespace.readText(`${ROOT}/${path}`).trim().replace(/\s+/g, ' '));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return undefined;
  }
}
