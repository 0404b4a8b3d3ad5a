import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/model/user-error.ts';
import { parseSnapshot } from '../../../../src/view/json/parse-snapshot.ts';
import { snapshotJson } from '../../../../src/view/json/snapshot.ts';
import { container, link, namespace, snapshot } from '../../../helpers/made-up.ts';
import { findSchemaBreaches } from '../../../helpers/snapshot-schema.ts';

const full = snapshot({
  engine: { name: 'Docker', version: '28.0', endpoint: 'unix:///var/run/docker.sock' },
  gaps: [{ probe: 'rulesets', namespace: '1', reason: 'no iptables', needs: 'apt install iptables' }],
  networks: [
    {
      id: 'n',
      name: 'bridge',
      driver: 'bridge',
      internal: false,
      subnets: [],
      gateways: [],
      options: { a: 'b' },
    },
  ],
  stoppedContainers: [container({ name: 'old', state: 'exited' })],
  namespaces: [
    namespace({ id: '1', name: 'host', kind: 'host', containers: [], links: [] }),
    namespace({
      id: '2',
      pids: [3, 4],
      nsids: [{ namespace: '1', nsid: 0 }],
      containers: [
        container({
          pid: 3,
          compose: { project: 'p', service: 's' },
          endpoints: [
            { network: 'bridge', networkId: 'n', mac: '02:42:ac:11:00:02', addresses: [], gateway: 'x' },
          ],
          ports: [{ protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 }],
        }),
      ],
      links: [
        link({ peer: { namespace: '1', ifindex: 9, name: 'veth1' }, master: { ifindex: 4, name: 'br' } }),
        link({ ifindex: 3, peerUnknown: 'peer ifindex 7 in nsid 3, not visible' }),
      ],
      addresses: [
        { ifindex: 2, family: 'ipv4', address: '10.0.0.2', prefixLength: 24, scope: 'global', flags: [] },
      ],
      routes: [
        {
          family: 'ipv4',
          destination: 'default',
          type: 'unicast',
          table: 'main',
          protocol: 'boot',
          scope: 'global',
          metric: 5,
          nextHops: [{ gateway: '10.0.0.1', ifindex: 2, flags: ['onlink'] }],
        },
      ],
      neighbours: [{ ifindex: 2, family: 'ipv4', address: '10.0.0.1', state: 'FAILED', flags: [] }],
      rulesets: [
        {
          family: 'ipv4',
          flavour: 'nft',
          unparsed: [],
          tables: [
            {
              name: 'nat',
              chains: [
                {
                  name: 'POSTROUTING',
                  policy: 'ACCEPT',
                  counters: { packets: 1, bytes: 60 },
                  rules: [
                    {
                      number: 1,
                      matches: [{ option: 'source', values: ['10.0.0.0/24'], negated: true, module: 'x' }],
                      target: 'MASQUERADE',
                      jump: 'jump',
                      targetOptions: [],
                      counters: { packets: 0, bytes: 0 },
                      text: '-A POSTROUTING -j MASQUERADE',
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
      sysctls: { 'ipv4/ip_forward': '1' },
      sockets: [
        {
          protocol: 'tcp',
          family: 'ipv6',
          address: '::',
          port: 80,
          state: 'LISTEN',
          receiveQueue: 0,
          backlog: 128,
          uid: 0,
          inode: 77,
          v6only: false,
          ifindex: 2,
          owners: [{ pid: 12, name: 'httpd', container: 'web' }],
        },
      ],
      conntrack: {
        entries: [
          {
            id: 1,
            family: 'ipv4',
            protocol: 'icmp',
            state: 'NONE',
            status: ['CONFIRMED'],
            timeoutS: 30,
            original: { source: '10.0.0.1', destination: '10.0.0.2', icmp: { type: 8, code: 0, id: 7 } },
            reply: {
              source: '10.0.0.2',
              destination: '10.0.0.1',
              sourcePort: 1,
              destinationPort: 2,
              zone: 3,
            },
            zone: 1,
            mark: 2,
            counters: { original: { packets: 1, bytes: 84 }, reply: { packets: 0, bytes: 0 } },
            helper: 'ftp',
          },
        ],
        total: 12,
        count: 13,
        max: 262_144,
      },
      resolver: {
        path: '/etc/resolv.conf',
        source: 'process',
        nameservers: ['127.0.0.11'],
        search: ['example'],
        options: ['ndots:0'],
        embedded: true,
        upstreams: [{ address: '127.0.0.53', fromHost: true }],
      },
    }),
  ],
});

const written = (): Record<string, unknown> => JSON.parse(JSON.stringify(snapshotJson('0.1.0', full)));
const failure = (document: unknown): UserError => {
  try {
    parseSnapshot(document, 'x.json');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('a snapshot file', () => {
  test('reads back as the snapshot that was written', () => {
    expect(parseSnapshot(written(), 'x.json')).toEqual(full);
  });

  test('fits the published schema', () => {
    expect(findSchemaBreaches(written())).toEqual([]);
    expect(findSchemaBreaches({ ...written(), namespaces: [{ id: 7 }] })).toContain(
      '/namespaces/0/id must be string',
    );
  });

  test('of an older netpeek, without what came later, is read', () => {
    const { takenAt } = full;
    const old = {
      schema: 'netpeek.snapshot/1',
      takenAt,
      gaps: [],
      namespaces: [{ id: '1', name: 'host', names: ['host'], kind: 'host', pids: [1] }],
    };
    expect(parseSnapshot(old, 'x.json')).toEqual({
      takenAt,
      gaps: [],
      hostname: '',
      engine: null,
      networks: [],
      stoppedContainers: [],
      namespaces: [
        { id: '1', name: 'host', names: ['host'], kind: 'host', pids: [1], paths: [], containers: [] },
      ],
    });
  });

  test('of a later netpeek is read without what this one does not know', () => {
    const [first, ...others] = written().namespaces as object[];
    const later = { ...written(), weather: 'fine', namespaces: [{ ...first, colour: 'red' }, ...others] };
    expect(parseSnapshot(later, 'x.json')).toEqual(full);
  });

  test('of another major version is refused, and says what made it', () => {
    expect(failure({ ...written(), schema: 'netpeek.snapshot/2', netpeek: '9.0.0' })).toMatchObject({
      exitCode: 5,
      message: "x.json is 'netpeek.snapshot/2', which this netpeek cannot read",
      advice: 'use the netpeek that made it (9.0.0) or a later one',
    });
  });

  test('cannot smuggle control characters in', () => {
    const hostile = JSON.parse(
      JSON.stringify(written())
        .replaceAll('POSTROUTING', '\\u001b]0;x\\u0007')
        .replaceAll('ip_forward', '\\u009b2J'),
    );
    const text = JSON.stringify(parseSnapshot(hostile, 'x.json'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect(text).not.toMatch(/\\u00[01]|[\u0000-\u001f\u007f-\u009f]/);
    expect(text).toContain('\\\\x1b]0;x\\\\x07');
    expect(text).toContain('\\\\u009b2J');
  });

  test.each([
    [null, 'the document is not an object'],
    [[], 'the document is not an object'],
    [{}, 'schema is not text'],
    [{ ...written(), takenAt: 1 }, 'takenAt is not text'],
    [{ ...written(), namespaces: {} }, 'namespaces is not a list'],
    [
      { ...written(), namespaces: [{ ...namespace(), pids: ['1'] }] },
      'namespaces[0].pids[0] is not a number',
    ],
    [
      { ...written(), namespaces: [{ ...namespace(), links: [link({ mtu: '1500' as never })] }] },
      'namespaces[0].links[0].mtu is not a number',
    ],
    [
      { ...written(), namespaces: [{ ...namespace(), kind: 'planet' }] },
      'namespaces[0].kind is not one of host',
    ],
    [
      { ...written(), namespaces: [{ ...namespace(), sysctls: { '\u001b': 1 } }] },
      'namespaces[0].sysctls.\\x1b is not text',
    ],
  ])('with a wrong type (%#) says where', (document, where) => {
    const { exitCode, message } = failure(document);
    expect(exitCode).toBe(5);
    expect(message).toContain(where);
  });

  test('of another command is called by its name', () => {
    expect(failure({ schema: 'netpeek.ls/1' }).message).toBe("x.json is 'netpeek.ls/1' and no snapshot");
  });

  test('may hold anything anywhere without a crash', () => {
    const paths = fc.constantFrom(
      'namespaces',
      'gaps',
      'networks',
      'engine',
      'stoppedContainers',
      'hostname',
    );
    fc.assert(
      fc.property(paths, fc.jsonValue(), (path, value) => {
        try {
          parseSnapshot({ ...written(), [path]: value }, 'x.json');
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
    );
  });
});
