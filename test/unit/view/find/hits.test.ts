import { describe, expect, test } from 'vitest';
import { findHits } from '../../../../src/view/find/hits.ts';
import { parseQuery } from '../../../../src/view/find/query.ts';
import { container, link, namespace, snapshot } from '../../../helpers/made-up.ts';

const picture = snapshot({
  networks: [
    {
      id: 'abcdef012345',
      name: 'back',
      driver: 'bridge',
      internal: true,
      bridge: 'br-back',
      subnets: ['10.0.0.0/24'],
      gateways: ['10.0.0.1'],
      options: {},
    },
  ],
  stoppedContainers: [container({ id: 'dead'.padEnd(64, '0'), name: 'old', state: 'exited' })],
  namespaces: [
    namespace({
      id: '1',
      name: 'host',
      kind: 'host',
      pids: [1],
      links: [
        link({
          ifindex: 4,
          name: 'br-back',
          kind: 'bridge',
          mac: '02:00:00:00:00:04',
          addresses: ['10.0.0.1/24', 'fd00::1/64'],
        }),
      ],
      sockets: [
        {
          protocol: 'tcp',
          family: 'ipv4',
          address: '127.0.0.1',
          port: 53,
          state: 'LISTEN',
          receiveQueue: 0,
          uid: 0,
          inode: 1,
          owners: [{ pid: 7, name: 'dnsd' }],
        },
      ],
    }),
    namespace({
      id: '2',
      name: 'web',
      names: ['web', 'blue'],
      pids: [4, 99],
      containers: [
        container({
          compose: { project: 'shop', service: 'front' },
          ports: [
            { protocol: 'tcp', containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 },
            { protocol: 'udp', containerPort: 53, hostAddress: '::', hostPort: 5353 },
          ],
        }),
      ],
      links: [link({ ifindex: 4, addresses: ['10.0.0.2/24', 'fd00::2/64'] })],
    }),
  ],
});
const hits = (text: string) =>
  findHits(picture, parseQuery(text)).hits.map(({ kind, namespace: where, link: on, value }) =>
    [kind, where ?? '-', on, value].filter(Boolean).join(' '),
  );

describe('find', () => {
  test.each([
    ['10.0.0.2', ['address web eth0 10.0.0.2/24']],
    ['fd00:0:0::0002', ['address web eth0 fd00::2/64']],
    [
      '10.0.0.0/24',
      ['address host br-back 10.0.0.1/24', 'address web eth0 10.0.0.2/24', 'network host br-back back'],
    ],
    ['10.0.0.77/8', ['address host br-back 10.0.0.1/24', 'address web eth0 10.0.0.2/24']],
    ['02:42:AC:11:00:02', ['mac web eth0 02:42:ac:11:00:02']],
    ['02-00-00-00-00-04', ['mac host br-back 02:00:00:00:00:04']],
    ['eth0', ['link web eth0 eth0']],
    ['4', ['ifindex host br-back 4', 'pid web 4', 'ifindex web eth0 4']],
    ['99', ['pid web 99']],
    [':8080', ['port web 0.0.0.0:8080/tcp']],
    [':8080/udp', []],
    [':5353', ['port web [::]:5353/udp']],
    [':53', ['port host 127.0.0.1:53/tcp']],
    ['127.0.0.1:8080', ['port web 0.0.0.0:8080/tcp']],
    ['10.9.9.9:53', []],
    ['web', ['container web web']],
    ['c0ffee', ['container web web']],
    ['front', ['container web web']],
    ['shop/front', ['container web web']],
    ['old', ['container - old']],
    ['blue', ['namespace web blue']],
    ['host', ['namespace host host']],
    ['back', ['network host br-back back']],
    ['abcdef', ['network host br-back back']],
    ['nosuch', []],
    [':99999', []],
    ['', []],
  ])('%s is owned by %j', (text, expected) => {
    expect(hits(text)).toEqual(
      expected.map((each) =>
        text.includes('/') && /^\d/.test(text) ? each.replace(/^address/, 'subnet') : each,
      ),
    );
  });

  test('an address that nobody has is said to lie in the subnets around it', () => {
    expect(findHits(picture, parseQuery('10.0.0.9'))).toEqual({
      hits: [],
      within: ['host/br-back 10.0.0.1/24', 'web/eth0 10.0.0.2/24'],
      searched: { namespaces: 2, links: 2, containers: 2 },
    });
    expect(findHits(picture, parseQuery('10.0.1.9')).within).toEqual([]);
  });

  test('says why', () => {
    expect(findHits(picture, parseQuery(':8080')).hits[0]?.detail).toBe(
      'published by container web (running), goes to its port 80',
    );
    expect(findHits(picture, parseQuery(':53')).hits[0]?.detail).toBe('listens: dnsd (pid 7)');
  });
});
