/** The probes of a namespace, in the order they are run: links first, because a link dump is what hands out nsids. */
import { readAddresses } from './addresses.ts';
import { readConntrack } from './conntrack.ts';
import { readFdb } from './fdb.ts';
import { readIpsets } from './ipset/read.ts';
import { readRulesets } from './iptables/read.ts';
import { withXdpPrograms } from './links/xdp-programs.ts';
import { readLinks } from './links.ts';
import { readNeighbours } from './neighbours.ts';
import { readingOf } from './netlink/bounded.ts';
import { readPolicyRules } from './policy-rules.ts';
import type { Probe } from './probe.ts';
import { readResolver } from './resolver.ts';
import { readRoutes } from './routes.ts';
import { readSockets } from './sockets/read.ts';
import { readSysctls } from './sysctls.ts';
import { readTrafficControl } from './tc.ts';

export const probes: readonly Probe[] = [
  {
    name: 'links',
    read: (context) =>
      readingOf(withXdpPrograms(readLinks(context.rtnetlink, context), context.askProgram), (links) => ({
        links,
      })),
  },
  {
    name: 'addresses',
    read: ({ rtnetlink }) => readingOf(readAddresses(rtnetlink), (addresses) => ({ addresses })),
  },
  { name: 'routes', read: ({ rtnetlink }) => readingOf(readRoutes(rtnetlink), (routes) => ({ routes })) },
  {
    name: 'neighbours',
    read: ({ rtnetlink }) => readingOf(readNeighbours(rtnetlink), (neighbours) => ({ neighbours })),
  },
  { name: 'policyRules', read: ({ rtnetlink }) => ({ facts: { policyRules: readPolicyRules(rtnetlink) } }) },
  { name: 'fdb', read: ({ rtnetlink }) => readingOf(readFdb(rtnetlink), (fdb) => ({ fdb })) },
  {
    name: 'trafficControl',
    read: ({ rtnetlink, namespace, askProgram }) => {
      const { trafficControl, gaps } = readTrafficControl(rtnetlink, namespace, askProgram);
      return { facts: { trafficControl }, gaps };
    },
  },
  { name: 'sysctls', read: ({ namespace }) => ({ facts: { sysctls: readSysctls(namespace) } }) },
  {
    name: 'sockets',
    read: ({ system, namespace, subject, holders }) => {
      const { gaps, ...facts } = readSockets(system, namespace, subject, holders);
      return { facts, gaps };
    },
  },
  {
    name: 'conntrack',
    read: ({ system, namespace }) => {
      const { gaps, ...facts } = readConntrack(system, namespace);
      return { facts, gaps };
    },
  },
  {
    name: 'resolver',
    read: ({ system, namespace, subject }) => {
      const { gaps, ...facts } = readResolver(system, namespace, subject);
      return { facts, gaps };
    },
  },
  {
    name: 'rulesets',
    read: async ({ system, namespace }) => {
      const { rulesets, gaps, ...nft } = await readRulesets(system, namespace);
      const sets = readIpsets(system, namespace);
      // Nothing read at all is 'not seen', not 'no rules'.
      const read = rulesets.length > 0 || gaps.length === 0 ? { rulesets } : {};
      return { facts: { ...read, ...nft, ...sets.facts }, gaps: [...gaps, ...sets.gaps] };
    },
  },
];
