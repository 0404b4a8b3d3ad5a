/** Builds the planned networks and containers on a real engine, in a lab with a LAN and an internet. */
import { type Docker, type DockerVersion, startDocker } from '../docker.ts';
import { createLab, type Lab } from '../lab.ts';
import { addBeyond } from './beyond.ts';
import { SERVED_TCP } from './flows.ts';
import { type ContainerPlan, containersOf, networksOf } from './networks.ts';

export type Engine = {
  readonly version: DockerVersion;
  readonly lab: Lab;
  readonly dispose: () => Promise<void>;
  readonly docker: Docker;
  /** Names of networks by the first twelve digits of their ids, which name their bridges. */
  readonly networks: ReadonlyMap<string, string>;
  readonly containers: readonly (ContainerPlan & { readonly pid: number })[];
};

/** The host's place in the LAN, and its uplink; the internet knows no private subnet, the LAN client has a route to all. */
const surroundings = `
  ip link add lan0 type veth peer name eth0 netns outside
  ip link add up0 type veth peer name eth0 netns internet
  ip address add 192.0.2.1/24 dev lan0
  ip address add 2001:db8:1::1/64 dev lan0 nodad
  ip address add 198.51.100.2/24 dev up0
  ip address add 2001:db8:2::2/64 dev up0 nodad
  ip link set lan0 up; ip link set up0 up
  ip route add default via 198.51.100.1
  ip -6 route add default via 2001:db8:2::1
  ip -n outside address add 192.0.2.10/24 dev eth0
  ip -n outside address add 2001:db8:1::10/64 dev eth0 nodad
  ip -n outside link set eth0 up
  ip -n outside route add default via 192.0.2.1
  ip -n outside -6 route add default via 2001:db8:1::1
  ip -n internet address add 198.51.100.1/24 dev eth0
  ip -n internet address add 2001:db8:2::1/64 dev eth0 nodad
  ip -n internet address add 203.0.113.1/32 dev lo
  ip -n internet address add 2001:db8:3::1/128 dev lo nodad
  ip -n internet link set eth0 up`;

/** Starts the engine and builds everything. */
export async function buildEngine(version: DockerVersion): Promise<Engine> {
  const lab = await createLab();
  const endings: (() => Promise<void>)[] = [lab.dispose];
  const dispose = async () => void (await Promise.all(endings.map((end) => end())));
  try {
    endings.push(await addBeyond(lab, SERVED_TCP));
    await lab.host('outside');
    await lab.host('internet');
    await lab.ok(surroundings);
    const docker = await startDocker(lab, { version });
    await docker.importBusybox();
    const networks = new Map<string, string>();
    for (const { name, subnets, args = [] } of networksOf(version)) {
      const ranges = subnets.flatMap((subnet) => ['--subnet', subnet]);
      const id = await docker.cli(['network', 'create', ...ranges, ...args, name]);
      networks.set(id.slice(0, 12), name);
    }
    const containers: Engine['containers'][number][] = [];
    for (const plan of containersOf(version)) containers.push({ ...plan, pid: await start(docker, plan) });
    return { version, lab, dispose, docker, networks, containers };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function start(docker: Docker, plan: ContainerPlan): Promise<number> {
  const { name, network, addresses, also, ports = [] } = plan;
  const own = also ? addresses.slice(0, -1) : addresses;
  const fixed = network ? own.flatMap((address) => [address.includes(':') ? '--ip6' : '--ip', address]) : [];
  const args = [...fixed, ...ports.flatMap((port) => ['-p', port])];
  const { pid } = await docker.runContainer({ name, args, ...(network ? { network } : {}) });
  if (also) await docker.cli(['network', 'connect', '--ip', addresses.at(-1) ?? '', also, name]);
  return pid;
}
