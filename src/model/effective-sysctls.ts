/**
 * What a link's sysctls come to: the kernel joins many of them with those of `all`, each in its own way
 * (include/linux/inetdevice.h, include/net/ipv6.h).
 */
import type { Sysctls } from './sysctls.ts';

/** A sysctl of one link as the kernel applies it. */
export type EffectiveSysctl = {
  readonly family: 'ipv4' | 'ipv6';
  readonly link: string;
  readonly name: string;
  /** `conf/<link>/<name>` as it is set. */
  readonly own: string;
  readonly effective: string;
  /** How it comes about, by the kernel's own name for it. */
  readonly rule: string;
};

/** From the values of `all` and of the link to the effective one; undefined where one that is needed was not read. */
type Join = (
  all: number | undefined,
  own: number,
  sysctl: (name: string) => number | undefined,
) => number | undefined;
type Rule = { readonly rule: string; readonly join: Join };

const max: Rule = {
  rule: 'IN_DEV_MAXCONF',
  join: (all, own) => (all === undefined ? undefined : Math.max(all, own)),
};
const or: Rule = {
  rule: 'IN_DEV_ORCONF',
  join: (all, own) => (own !== 0 ? 1 : all === undefined ? undefined : Math.min(1, all)),
};
const ownAlone: Rule = { rule: 'IN_DEV_CONF_GET', join: (_all, own) => own };

const RULES: Readonly<Record<string, Rule>> = {
  'ipv4 forwarding': ownAlone,
  'ipv4 rp_filter': max,
  'ipv4 accept_local': or,
  'ipv4 arp_ignore': max,
  'ipv4 arp_filter': or,
  'ipv4 proxy_arp': or,
  'ipv4 route_localnet': or,
  'ipv4 send_redirects': or,
  'ipv4 src_valid_mark': or,
  // As ip6_forward() asks; the link's own value only decides what it does as a host, and force_forwarding came with 6.17.
  'ipv6 forwarding': {
    rule: 'devconf_all->forwarding || idev->cnf.force_forwarding',
    join: (all, _own, sysctl) => or.join(all, sysctl('force_forwarding') ?? 0, sysctl),
  },
  'ipv6 accept_ra': {
    rule: 'ipv6_accept_ra',
    join: (_all, own, sysctl) => {
      const forwarding = sysctl('forwarding');
      if (forwarding === undefined) return undefined;
      return Number(forwarding !== 0 ? own === 2 : own !== 0);
    },
  },
  'ipv6 disable_ipv6': { rule: 'idev->cnf.disable_ipv6', join: (_all, own) => own },
  // ndisc_recv_ns() takes either.
  'ipv6 proxy_ndp': { ...or, rule: 'devconf_all->proxy_ndp || idev->cnf.proxy_ndp' },
};

/** Each link's sysctls that were read, in their order; `all` and `default` are no links. */
export function effectiveSysctls(sysctls: Sysctls): readonly EffectiveSysctl[] {
  return Object.entries(sysctls).flatMap(([path, own]): readonly EffectiveSysctl[] => {
    const [, family, link, name] = /^(ipv[46])\/conf\/(.+)\/([^/]+)$/.exec(path) ?? [];
    if ((family !== 'ipv4' && family !== 'ipv6') || link === undefined || name === undefined) return [];
    const rule = RULES[`${family} ${name}`];
    const value = numberOf(own);
    if (link === 'all' || link === 'default' || !rule || value === undefined) return [];
    const sibling = (other: string) => numberOf(sysctls[`${family}/conf/${link}/${other}`]);
    const effective = rule.join(numberOf(sysctls[`${family}/conf/all/${name}`]), value, sibling);
    if (effective === undefined) return [];
    return [{ family, link, name, own, effective: String(effective), rule: rule.rule }];
  });
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
}
