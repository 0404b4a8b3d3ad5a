/**
 * Containers and networks as the engine lists them (Docker Engine API: /containers/json, /networks, /version). Podman
 * answers the same, but leaves out of /networks which bridge carries a network; its own API says it.
 */
import { cleanText } from '../src/model/clean-text.ts';
import type { Container, DockerNetwork, Endpoint, Engine, PublishedPort } from '../src/model/container.ts';
import { type EngineClient, SystemError } from '../src/system/system.ts';
import { asList, asNumber, asRecord, asText } from './json-values.ts';

const PODMAN = 'Podman';
const BRIDGE_NAME_OPTION = 'com.docker.network.bridge.name';
/** Characters of a network's id in the name of the bridge that libnetwork makes for it. */
const BRIDGE_ID_LENGTH = 12;
/** Of one container on one network. */
const NAMES_KEPT = 64;

/** What an engine knows, before a single pid is asked for. */
export type EngineFacts = {
  readonly engine: Engine;
  readonly containers: readonly Container[];
  readonly networks: readonly DockerNetwork[];
};

/** Asks the engine for its containers, networks and version at once. Throws `SystemError`, also for answers of no such kind. */
export async function readEngine(client: EngineClient): Promise<EngineFacts> {
  const [named, containers, networks] = await Promise.all([
    readServer(client),
    client.containers(),
    client.networks(),
  ]);
  // What is no list must not pass for an empty one; `null` is how Go writes an empty list.
  confirm(containers, Array.isArray(containers), 'containers');
  confirm(networks, Array.isArray(networks), 'networks');
  const engine = named ?? (await readVersion(client));
  return {
    engine,
    containers: asList(containers)
      .map(parseContainer)
      .filter((container) => container.id !== ''),
    networks: (engine.name === PODMAN
      ? await readPodmanNetworks(client, networks)
      : asList(networks).map(parseNetwork)
    ).filter((network) => network.id !== ''),
  };
}

/** Name and version from a header: GET /version starts programs on the engine's side, and takes ten times as long. */
async function readServer(client: EngineClient): Promise<Engine | undefined> {
  try {
    return parseServer(await client.server(), client.endpoint);
  } catch (error) {
    // An engine without /_ping may answer the rest; one that does not answer at all will not.
    if (String((error as { code?: unknown }).code).startsWith('HTTP')) return undefined;
    throw error;
  }
}

async function readVersion(client: EngineClient): Promise<Engine> {
  const version = await client.version();
  confirm(version, typeof version === 'object', 'version');
  return parseEngine(version, client.endpoint);
}

/** `Docker/28.5.2 (linux)` or `Libpod/4.3.1 (linux)`; undefined for any other. */
export function parseServer(header: string, endpoint: string): Engine | undefined {
  const [, name, version] = /^(Docker|Libpod)\/(\S+)/.exec(header) ?? [];
  if (name === undefined || version === undefined) return undefined;
  return { name: name === 'Libpod' ? PODMAN : name, version: cleanText(version), endpoint };
}

/** As podman says in its own words; where it does not (before 4.0), its Docker words, without the bridge they leave out. */
async function readPodmanNetworks(
  client: EngineClient,
  asDocker: unknown,
): Promise<readonly DockerNetwork[]> {
  const networks = await client.libpodNetworks().catch(() => undefined);
  if (Array.isArray(networks)) return asList(networks).map(parsePodmanNetwork);
  return asList(asDocker)
    .map(parseNetwork)
    .map(({ bridge: _guessed, ...network }) => network);
}

function confirm(answer: unknown, isSuch: boolean, what: string): void {
  if (answer !== null && !isSuch)
    throw new SystemError('EPROTO', `engine ${what}`, 'not what an engine answers');
}

/** What only a closer look at one container tells. */
type Inspected = Pick<Container, 'pid' | 'resolvConfPath' | 'dns'> &
  Partial<Pick<Container, 'networkMode' | 'state' | 'endpoints'>>;

/** The pid of the container's first process as the engine sees it, 0 when it does not run; its resolv.conf and name servers; and its network mode, which podman's list leaves out. Throws `SystemError`. */
export async function inspectContainer(
  client: EngineClient,
  id: string,
  endpoints?: readonly Endpoint[],
): Promise<Inspected> {
  const container = asRecord(await client.inspect(id));
  const resolvConfPath = asText(container.ResolvConfPath);
  const { NetworkMode, Dns } = asRecord(container.HostConfig);
  const networkMode = asText(NetworkMode);
  const { Pid, Status } = asRecord(container.State);
  const state = asText(Status);
  return {
    pid: asNumber(Pid),
    // The list may be older.
    ...(state ? { state } : {}),
    ...(resolvConfPath.startsWith('/') ? { resolvConfPath } : {}),
    // `null` is how Go writes an empty list.
    ...(Dns === undefined ? {} : { dns: asList(Dns).map(asText) }),
    ...(networkMode ? { networkMode } : {}),
    ...(endpoints ? { endpoints: endpoints.map((endpoint) => withNames(endpoint, container)) } : {}),
  };
}

/** Engines before 25 tell aliases alone, later ones all names (`DNSNames`). */
function withNames(endpoint: Endpoint, container: Readonly<Record<string, unknown>>): Endpoint {
  const networks = asRecord(asRecord(container.NetworkSettings).Networks);
  const { DNSNames, Aliases } = asRecord(networks[endpoint.network]);
  const names = [...asList(DNSNames), ...asList(Aliases)].map(asText).filter(Boolean).slice(0, NAMES_KEPT);
  return names.length === 0 ? endpoint : { ...endpoint, names: [...new Set(names)] };
}

/** GET /version. Podman names itself among the components. */
export function parseEngine(json: unknown, endpoint: string): Engine {
  const version = asRecord(json);
  const podman = asList(version.Components).some((part) => asText(asRecord(part).Name).includes(PODMAN));
  return { name: podman ? PODMAN : 'Docker', version: asText(version.Version), endpoint };
}

/** One entry of GET /containers/json; the pid is not in it. */
export function parseContainer(json: unknown): Container {
  const entry = asRecord(json);
  const labels = asRecord(entry.Labels);
  const project = asText(labels['com.docker.compose.project']);
  const service = asText(labels['com.docker.compose.service']);
  const networks = asRecord(asRecord(entry.NetworkSettings).Networks);
  return {
    id: asText(entry.Id),
    name: asText(asList(entry.Names)[0]).replace(/^\//, ''),
    image: asText(entry.Image),
    state: asText(entry.State),
    pid: 0,
    ...(project && service ? { compose: { project, service } } : {}),
    networkMode: asText(asRecord(entry.HostConfig).NetworkMode),
    endpoints: Object.entries(networks).map(([network, endpoint]) =>
      parseEndpoint(asText(network), endpoint),
    ),
    ports: asList(entry.Ports).flatMap((port) => parsePort(port) ?? []),
  };
}

function parseEndpoint(network: string, json: unknown): Endpoint {
  const endpoint = asRecord(json);
  const gateway = asText(endpoint.Gateway);
  const addresses = [
    [asText(endpoint.IPAddress), asNumber(endpoint.IPPrefixLen)],
    [asText(endpoint.GlobalIPv6Address), asNumber(endpoint.GlobalIPv6PrefixLen)],
  ] as const;
  return {
    network,
    networkId: asText(endpoint.NetworkID),
    mac: asText(endpoint.MacAddress).toLowerCase(),
    addresses: addresses.flatMap(([address, length]) => (address ? [`${address}/${length}`] : [])),
    ...(gateway ? { gateway } : {}),
  };
}

/** An exposed port without a public one is not published. */
function parsePort(json: unknown): PublishedPort | undefined {
  const port = asRecord(json);
  const hostPort = asNumber(port.PublicPort);
  if (hostPort === 0) return undefined;
  return {
    protocol: asText(port.Type),
    containerPort: asNumber(port.PrivatePort),
    // Podman leaves the address out where it is every one.
    hostAddress: asText(port.IP) || '0.0.0.0',
    hostPort,
  };
}

/** One entry of GET /networks. */
export function parseNetwork(json: unknown): DockerNetwork {
  const entry = asRecord(json);
  const id = asText(entry.Id);
  const driver = asText(entry.Driver);
  const options = Object.entries(asRecord(entry.Options)).map(([key, value]) => [asText(key), asText(value)]);
  const pools = asList(asRecord(entry.IPAM).Config).map(asRecord);
  const named = asText(asRecord(entry.Options)[BRIDGE_NAME_OPTION]);
  const bridge = named || `br-${id.slice(0, BRIDGE_ID_LENGTH)}`;
  return {
    id,
    name: asText(entry.Name),
    driver,
    internal: entry.Internal === true,
    ...(driver === 'bridge' ? { bridge } : {}),
    subnets: pools.map((pool) => asText(pool.Subnet)).filter(Boolean),
    gateways: pools.map((pool) => asText(pool.Gateway)).filter(Boolean),
    options: Object.fromEntries(options),
  };
}

/** One entry of podman's GET /libpod/networks/json. */
function parsePodmanNetwork(json: unknown): DockerNetwork {
  const entry = asRecord(json);
  const driver = asText(entry.driver);
  const bridge = asText(entry.network_interface);
  const options = Object.entries(asRecord(entry.options)).map(([key, value]) => [asText(key), asText(value)]);
  const pools = asList(entry.subnets).map(asRecord);
  return {
    id: asText(entry.id),
    name: asText(entry.name),
    driver,
    internal: entry.internal === true,
    ...(driver === 'bridge' && bridge ? { bridge } : {}),
    subnets: pools.map((pool) => asText(pool.subnet)).filter(Boolean),
    gateways: pools.map((pool) => asText(pool.gateway)).filter(Boolean),
    options: Object.fromEntries(options),
  };
}
