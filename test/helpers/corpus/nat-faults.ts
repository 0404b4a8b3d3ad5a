/** Faults of translation and of what a published port leads to. */
import { AT, type FaultClass } from './fault.ts';
import { subnetOf } from './network-rules.ts';

/** Deletes the DNAT of the published port and writes it with another target. */
function leadTo(tool: string, target: string): string {
  return `${tool}-save -t nat | sed 's/--to-destination .*/--to-destination ${target}/' | ${tool}-restore -T nat; ${tool} -I FORWARD -p tcp -m conntrack --ctstate DNAT -j ACCEPT`;
}

const without = (tool: string, pattern: string) =>
  `${tool}-save -t nat | grep -v -e '${pattern}' | ${tool}-restore -T nat`;

export const natFaults: readonly FaultClass[] = [
  {
    id: 'masq-missing',
    what: 'no MASQUERADE',
    kinds: ['egress'],
    at: AT.postrouting,
    make: (random, { style, tool }) =>
      style === 'native'
        ? 'nft flush chain ip router after'
        : random.pick([`${tool} -t nat -F POSTROUTING`, without(tool, 'MASQUERADE')]),
  },
  {
    id: 'masq-mismatch',
    what: 'MASQUERADE by another link, or for another subnet',
    kinds: ['egress'],
    at: AT.postrouting,
    make: (random, { style, tool, first, second }) => {
      if (style === 'native') return undefined;
      return `${tool} -t nat -F POSTROUTING; ${random.pick([
        `${tool} -t nat -A POSTROUTING -s ${subnetOf(first)} -o eth9 -j MASQUERADE`,
        `${tool} -t nat -A POSTROUTING -s 172.29.0.0/16 ! -o ${first.bridge} -j MASQUERADE`,
        `${tool} -t nat -A POSTROUTING -s ${subnetOf(first)} -o ${second.bridge} -j MASQUERADE`,
      ])}`;
    },
  },
  {
    id: 'snat-wrong-source',
    what: 'SNAT to an address that is not here',
    kinds: ['egress'],
    at: AT.postrouting,
    make: (random, { style, tool, first, uplink, lan }) => {
      const to = random.pick(['10.99.99.99', `${lan}.222`, '198.51.100.201']);
      const where = random.pick([`-s ${subnetOf(first)} ! -o ${first.bridge}`, `-o ${uplink}`]);
      return style === 'native'
        ? `nft insert rule ip router after oifname "${uplink}" snat to ${to}`
        : `${tool} -t nat -I POSTROUTING ${where} -j SNAT --to-source ${to}`;
    },
  },
  {
    id: 'dnat-stale',
    what: 'a DNAT to an address that nobody has any more',
    kinds: ['published-outside', 'published-host', 'published-container'],
    make: (_, { style, tool, first, servicePort }) =>
      style === 'native' ? undefined : leadTo(tool, `${first.net}.77:${servicePort}`),
  },
  {
    id: 'dnat-stale',
    what: 'an older DNAT before the right one',
    kinds: ['published-outside'],
    make: (random, { style, tool, first, publishedPort }) =>
      style === 'native'
        ? undefined
        : `${tool} -t nat -I ${style.startsWith('docker') ? random.pick(['DOCKER', 'PREROUTING']) : 'PREROUTING'} -p tcp --dport ${publishedPort} -j DNAT --to-destination ${first.net}.66:80; ${tool} -I FORWARD -p tcp -m conntrack --ctstate DNAT -j ACCEPT`,
  },
  {
    id: 'publish-wrong-port',
    also: ['svc-not-listening'],
    what: 'a DNAT to another port than the server’s',
    kinds: ['published-outside', 'published-host', 'published-container'],
    make: (_, { style, tool, first }) =>
      style === 'native' ? undefined : leadTo(tool, `${first.net}.3:8123`),
  },
  {
    id: 'svc-not-listening',
    also: ['dnat-missing'],
    what: 'the DNAT gone, and nothing at the port of the host',
    kinds: ['published-outside', 'published-host'],
    make: (_, { style, tool }) =>
      style === 'native'
        ? 'nft flush chain ip router before; nft flush chain ip router sent'
        : without(tool, 'DNAT'),
  },
  {
    id: 'svc-not-listening',
    what: 'a port where nothing listens',
    kinds: ['same-bridge', 'across', 'to-host', 'from-host'],
    at: AT.receiver,
    make: (_, __, { port }) => (port === undefined ? undefined : 'true'),
    ask: (flow) => ({ ...flow, to: flow.to.replace(/:\d+$/, ':7007'), port: 7007 }),
  },
  {
    id: 'route-localnet-off',
    what: 'a published port asked for at 127.0.0.1, without docker-proxy',
    kinds: ['published-host'],
    make: (_, { style, tool, first, servicePort, publishedPort }) =>
      style === 'native'
        ? undefined
        : `${tool} -t nat -I OUTPUT -d 127.0.0.1 -p tcp --dport ${publishedPort} -j DNAT --to-destination ${first.net}.3:${servicePort}`,
    ask: (flow, { publishedPort }) => ({ ...flow, to: `127.0.0.1:${publishedPort}`, address: '127.0.0.1' }),
  },
  {
    id: 'hairpin-off',
    what: 'a container that asks for its own published port',
    kinds: ['published-container'],
    make: (_, { style }) => (style.startsWith('docker') ? 'true' : undefined),
    ask: (flow) => ({ ...flow, from: 'c2', sender: 'c2', client: 'c2' }),
  },
];
