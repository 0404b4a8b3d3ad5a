/** The veths of a container as the kernel and the engine tell them, each asked by its own tools, without netpeek. */
import type { Docker } from './docker.ts';
import type { Veth } from './documents.ts';
import { type Ask, readIpLinks, sorted } from './iproute2.ts';
import type { Lab } from './lab.ts';

type Place = {
  readonly lab: Lab;
  readonly docker: Docker;
  /** Runs a command in the container's network namespace. */
  readonly inside: Ask;
  readonly container: string;
  /** The Docker networks that it is on. */
  readonly networks: readonly string[];
};

/** What is compared of a pair; IPv4 addresses only, as the engine gives no others here. */
type Told = Omit<Veth, 'namespace' | 'peerUnknown'>;

export async function readVeths({
  lab,
  docker,
  inside,
  container,
  networks,
}: Place): Promise<readonly Told[]> {
  const hostLinks = await readIpLinks((argv) => lab.ok(argv));
  const bridges = new Map<string, string>();
  for (const network of networks) bridges.set(await bridgeOf(docker, network), network);
  const endpoints = JSON.parse(
    await docker.cli(['inspect', '-f', '{{json .NetworkSettings.Networks}}', container]),
  ) as Record<string, { IPAddress: string; IPPrefixLen: number }>;
  const links = (await readIpLinks(inside)).filter(({ linkinfo }) => linkinfo?.info_kind === 'veth');
  return Promise.all(
    links.map(async ({ ifname, ifindex, address }) => {
      const said = await inside(['ethtool', '-S', ifname]);
      const hostIfindex = Number(/peer_ifindex: (\d+)/.exec(said)?.[1]);
      const hostLink = hostLinks.find((link) => link.ifindex === hostIfindex);
      const network = bridges.get(hostLink?.master ?? '') ?? 'no network of the container';
      const endpoint = endpoints[network];
      return {
        container,
        link: ifname,
        ifindex,
        hostLink: hostLink?.ifname ?? null,
        hostIfindex,
        peerNamespace: 'host',
        bridge: hostLink?.master ?? null,
        network,
        addresses: [`${endpoint?.IPAddress}/${endpoint?.IPPrefixLen}`],
        mac: address,
      };
    }),
  );
}

async function bridgeOf(docker: Docker, network: string): Promise<string> {
  if (network === 'bridge') return 'docker0';
  const id = (await docker.cli(['network', 'inspect', '-f', '{{.Id}}', network])).trim();
  return `br-${id.slice(0, 12)}`;
}

/** What netpeek tells of the same pairs, to be held beside it. */
export function comparable(veths: readonly Veth[]): readonly Told[] {
  return sorted(
    veths.map(
      ({
        container,
        link,
        ifindex,
        hostLink,
        hostIfindex,
        peerNamespace,
        bridge,
        network,
        addresses,
        mac,
      }) => ({
        container,
        link,
        ifindex,
        hostLink,
        hostIfindex,
        peerNamespace,
        bridge,
        network,
        addresses: addresses.filter((address) => !address.includes(':')),
        mac,
      }),
    ),
  );
}
