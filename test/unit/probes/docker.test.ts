/** The answers beside this file are what real engines said: one container published and composed, one stopped. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  inspectContainer,
  parseContainer,
  parseEngine,
  parseNetwork,
  parseServer,
  readEngine,
} from '../../../probes/docker.ts';
import { type EngineClient, SystemError } from '../../../src/system/system.ts';

type Answers = {
  readonly version: unknown;
  readonly containers: unknown;
  readonly networks: unknown;
  readonly libpodNetworks?: unknown;
};

function answersOf(engine: string): Answers {
  return JSON.parse(readFileSync(new URL(`./engine-answers/${engine}.json`, import.meta.url), 'utf8'));
}

function clientOf(answers: Answers, inspected: unknown = {}): EngineClient {
  return {
    endpoint: 'unix:///run/docker.sock',
    server: async () => '',
    version: async () => answers.version,
    containers: async () => answers.containers,
    networks: async () => answers.networks,
    libpodNetworks: async () => {
      if (!answers.libpodNetworks) throw new SystemError('HTTP 404', 'networks of podman');
      return answers.libpodNetworks;
    },
    inspect: async () => inspected,
    events: async function* () {},
  };
}

const podman = {
  version: { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] },
  containers: [],
  networks: [
    {
      Id: '2f25',
      Name: 'bridge',
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: '10.88.0.0/16', Gateway: '10.88.0.1' }] },
      Options: {},
    },
  ],
  libpodNetworks: [
    {
      id: '2f25',
      name: 'podman',
      driver: 'bridge',
      network_interface: 'podman0',
      subnets: [{ subnet: '10.88.0.0/16', gateway: '10.88.0.1' }],
      internal: false,
      options: { mtu: '1400' },
    },
  ],
};

describe.each([
  ['docker-20.10', '20.10.24+dfsg1', '02:42:ac:11:00:02', 'default', 'br-b884558b8a7d'],
  ['docker-28', '28.5.2+dfsg4', 'ca:38:d6:a4:7c:69', 'bridge', 'br-a150ebddd06c'],
])('the answers of %s', (name, version, mac, networkMode, bridge) => {
  const read = readEngine(clientOf(answersOf(name)));

  test('name the engine', async () => {
    expect((await read).engine).toEqual({ name: 'Docker', version, endpoint: 'unix:///run/docker.sock' });
  });

  test('give a running container with its endpoint, compose service and published ports', async () => {
    const web = (await read).containers.find((container) => container.name === 'web');
    expect(web).toMatchObject({
      image: 'bb',
      state: 'running',
      compose: { project: 'shop', service: 'frontend' },
      networkMode,
      endpoints: [{ network: 'bridge', mac, addresses: ['172.17.0.2/16'], gateway: '172.17.0.1' }],
      ports: [
        { protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 },
        { protocol: 'tcp', containerPort: 80, hostAddress: '::', hostPort: 8080 },
      ],
    });
  });

  test('give a stopped container without addresses', async () => {
    const db = (await read).containers.find((container) => container.name === 'db');
    expect(db).toMatchObject({
      state: 'exited',
      ports: [],
      endpoints: [{ network: 'back', addresses: [], mac: '' }],
    });
    expect(db).not.toHaveProperty('compose');
  });

  test('give each bridge network its bridge, and other drivers none', async () => {
    const bridges = (await read).networks.map((network) => [network.name, network.bridge]);
    expect(bridges.sort()).toEqual([
      ['back', bridge],
      ['bridge', 'docker0'],
      ['host', undefined],
      ['none', undefined],
    ]);
  });

  test('give subnets and gateways', async () => {
    const back = (await read).networks.find((network) => network.name === 'back');
    expect(back).toMatchObject({ subnets: ['172.18.0.0/16'], gateways: ['172.18.0.1'], internal: false });
  });
});

describe('an engine’s answer', () => {
  test('from podman names podman', () => {
    const json = { Version: '5.2.0', Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }] };
    expect(parseEngine(json, 'unix:///run/podman/podman.sock')).toMatchObject({
      name: 'Podman',
      version: '5.2.0',
    });
  });

  test('gives the name that a network’s bridge was given, before the one made of its id', () => {
    const options = { 'com.docker.network.bridge.name': 'dmz0' };
    expect(parseNetwork({ Id: 'a'.repeat(64), Driver: 'bridge', Options: options }).bridge).toBe('dmz0');
  });

  test('with both families gives both addresses, and MACs as the kernel writes them', () => {
    const endpoint = {
      MacAddress: '02:42:AC:11:00:02',
      IPAddress: '172.17.0.2',
      IPPrefixLen: 16,
      GlobalIPv6Address: 'fd00::2',
      GlobalIPv6PrefixLen: 64,
    };
    const container = parseContainer({ Id: 'x', NetworkSettings: { Networks: { back: endpoint } } });
    expect(container.endpoints[0]).toMatchObject({
      mac: '02:42:ac:11:00:02',
      addresses: ['172.17.0.2/16', 'fd00::2/64'],
    });
  });

  test('with an exposed port that is not published gives no port', () => {
    expect(parseContainer({ Id: 'x', Ports: [{ PrivatePort: 80, Type: 'tcp' }] }).ports).toEqual([]);
  });

  test('with half of the compose labels gives no compose service', () => {
    expect(parseContainer({ Id: 'x', Labels: { 'com.docker.compose.service': 'web' } })).not.toHaveProperty(
      'compose',
    );
  });

  test('from podman gives networks as podman itself names them, with their bridges', async () => {
    const read = await readEngine(clientOf(podman));
    expect(read.networks).toEqual([
      {
        id: '2f25',
        name: 'podman',
        driver: 'bridge',
        bridge: 'podman0',
        internal: false,
        subnets: ['10.88.0.0/16'],
        gateways: ['10.88.0.1'],
        options: { mtu: '1400' },
      },
    ]);
  });

  test('from a podman that has no such answer gives them without a bridge, which nothing tells', async () => {
    const { libpodNetworks: _, ...older } = podman;
    const { networks } = await readEngine(clientOf(older));
    expect(networks).toMatchObject([{ name: 'bridge', driver: 'bridge', subnets: ['10.88.0.0/16'] }]);
    expect(networks[0]).not.toHaveProperty('bridge');
  });

  test('that leaves a port’s address out means all addresses', () => {
    const { ports } = parseContainer({
      Id: 'x',
      Ports: [{ PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
    });
    expect(ports).toEqual([{ protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 }]);
  });

  test('about one container tells the network mode that podman’s list leaves out', async () => {
    const answer = { State: { Pid: 7 }, HostConfig: { NetworkMode: 'container:c0ffee' } };
    expect(await inspectContainer(clientOf(podman, answer), 'x')).toEqual({
      pid: 7,
      networkMode: 'container:c0ffee',
    });
  });

  test('with control sequences in names, labels and networks shows them as text', () => {
    const container = parseContainer({
      Id: 'x',
      Names: ['/w\u001b[2J'],
      Labels: { 'com.docker.compose.project': 'p\u0007', 'com.docker.compose.service': 's\u202e' },
      NetworkSettings: { Networks: { 'b\u001b': {} } },
    });
    expect(JSON.stringify(container)).not.toMatch(/\\u00|\u202e/);
  });

  test('without a pid means that it does not run', async () => {
    const answers = { version: {}, containers: [], networks: [] };
    const inspect = (answer: unknown) => inspectContainer(clientOf(answers, answer), 'x');
    expect(await inspect({ State: { Pid: 4711 } })).toEqual({ pid: 4711 });
    expect(await inspect({ State: { Pid: '4711' } })).toEqual({ pid: 0 });
    expect(await inspect(null)).toEqual({ pid: 0 });
  });

  test('tells where the container’s resolv.conf is kept, if it is a path', async () => {
    const inspect = (path: unknown) =>
      inspectContainer(clientOf(answersOf('docker-28'), { ResolvConfPath: path }), 'x');
    expect(await inspect('/var/lib/docker/c/resolv.conf')).toEqual({
      pid: 0,
      resolvConfPath: '/var/lib/docker/c/resolv.conf',
    });
    for (const path of ['', 'resolv.conf', 7, null]) expect(await inspect(path)).toEqual({ pid: 0 });
  });

  test('tells which name servers the container was given, and whether it says so at all', async () => {
    const inspect = (HostConfig: object) =>
      inspectContainer(clientOf(answersOf('docker-28'), { HostConfig }), 'x');
    expect(await inspect({ Dns: ['192.0.2.53'] })).toEqual({ pid: 0, dns: ['192.0.2.53'] });
    expect(await inspect({ Dns: null })).toEqual({ pid: 0, dns: [] });
    expect(await inspect({})).toEqual({ pid: 0 });
  });

  test.each([
    ['<html>', [], []],
    [{}, '[{"Id": [[[', []],
    [{}, { message: 'on fire' }, []],
    [{}, [], 'junk'],
  ])('of %j, %j and %j is refused, and not taken for empty lists', async (version, containers, networks) => {
    await expect(readEngine(clientOf({ version, containers, networks }))).rejects.toMatchObject({
      code: 'EPROTO',
    });
  });

  test('of null for a list has none, as Go writes it', async () => {
    const facts = await readEngine(clientOf({ version: {}, containers: null, networks: null }));
    expect(facts).toMatchObject({ containers: [], networks: [] });
  });

  test('of any JSON at all is read or refused, and keeps what has an id', async () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...KEYS), fc.jsonValue(), { maxKeys: KEYS.length }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(entry),
        fc.array(entry),
        async (version, containers, networks) => {
          const facts = await readEngine(clientOf({ version, containers, networks }));
          expect([...facts.containers, ...facts.networks].every(({ id }) => id !== '')).toBe(true);
        },
      ),
    );
  });
});

const KEYS = [
  'Id',
  'Names',
  'Name',
  'Labels',
  'State',
  'Ports',
  'NetworkSettings',
  'HostConfig',
  'IPAM',
  'Options',
  'Driver',
];

describe('the Server header', () => {
  test.each([
    ['Docker/28.5.2 (linux)', { name: 'Docker', version: '28.5.2', endpoint: 'unix:///x' }],
    ['Docker/20.10.24+dfsg1 (linux)', { name: 'Docker', version: '20.10.24+dfsg1', endpoint: 'unix:///x' }],
    ['Libpod/4.3.1 (linux)', { name: 'Podman', version: '4.3.1', endpoint: 'unix:///x' }],
  ])('%s names the engine', (header, engine) => {
    expect(parseServer(header, 'unix:///x')).toEqual(engine);
  });

  test.each(['', 'nginx/1.29', 'Docker', 'Docker/'])('%j names none, and /version is asked', (header) => {
    expect(parseServer(header, 'unix:///x')).toBeUndefined();
  });
});
