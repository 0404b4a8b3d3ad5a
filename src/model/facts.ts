import type { Address } from './address.ts';
import type { Conntrack } from './conntrack.ts';
import type { FdbEntry } from './fdb.ts';
import type { Ruleset } from './firewall.ts';
import type { IpSet } from './ipset.ts';
import type { LinkFact } from './link.ts';
import type { Neighbour } from './neighbour.ts';
import type { NftTable } from './nftables.ts';
import type { PolicyRule } from './policy-rule.ts';
import type { Resolver } from './resolver.ts';
import type { Route } from './route.ts';
import type { Socket } from './socket.ts';
import type { Sysctls } from './sysctls.ts';
import type { TrafficControl } from './traffic-control.ts';

/** What the probes say of one namespace, before anything is resolved. Absent: not asked for, or a gap says why. */
export type NamespaceFacts = {
  readonly links?: readonly LinkFact[];
  readonly addresses?: readonly Address[];
  readonly routes?: readonly Route[];
  readonly neighbours?: readonly Neighbour[];
  readonly policyRules?: readonly PolicyRule[];
  readonly fdb?: readonly FdbEntry[];
  readonly trafficControl?: TrafficControl;
  /** Of iptables. */
  readonly rulesets?: readonly Ruleset[];
  /** Tables of nftables that are none of iptables', and those of iptables' that iptables cannot print. */
  readonly nftables?: readonly NftTable[];
  readonly ipsets?: readonly IpSet[];
  readonly sysctls?: Sysctls;
  readonly sockets?: readonly Socket[];
  readonly conntrack?: Conntrack;
  readonly resolver?: Resolver;
};

/** A kind of fact that can be asked for by name; `rulesets` brings `nftables` and `ipsets` along. */
export type Section = Exclude<keyof NamespaceFacts, 'nftables' | 'ipsets'>;

const EVERY: Readonly<Record<Section, true>> = {
  links: true,
  addresses: true,
  routes: true,
  neighbours: true,
  policyRules: true,
  fdb: true,
  trafficControl: true,
  rulesets: true,
  sysctls: true,
  sockets: true,
  conntrack: true,
  resolver: true,
};

/** All of them; the type of `EVERY` leaves none out. */
export const SECTIONS = Object.keys(EVERY) as readonly Section[];

/** Those of which the kernel's events tell when they change, and which are therefore read of every namespace. */
export const WIRING = ['links', 'addresses'] as const;

/** The facts that are read together with the rules of iptables, and are of one moment with them. */
const OF_RULESETS = ['rulesets', 'nftables', 'ipsets'] as const;

/** The facts that reading a section brings. */
export function factsOf<Name extends Section>(section: Name): readonly (Name | 'nftables' | 'ipsets')[] {
  return section === 'rulesets' ? (OF_RULESETS as readonly (Name | 'nftables' | 'ipsets')[]) : [section];
}

/** The same with what was read since. Facts that are read together are replaced together: none may be older than the others. */
export function withFresh<Known extends NamespaceFacts>(before: Known, fresh: Partial<Known>): Known {
  if (OF_RULESETS.every((name) => fresh[name] === undefined)) return { ...before, ...fresh };
  const { rulesets: _rulesets, nftables: _nftables, ipsets: _ipsets, ...kept } = before;
  return { ...(kept as Known), ...fresh };
}
