import { describe, expect, test } from 'vitest';
import { judgeEvent, watchKernel } from '../../../src/discover/watch-kernel.ts';
import { type EventSocket, type Groups, type NetlinkEvent, SystemError } from '../../../src/system/system.ts';
import { attr, int8, int16, int32, message } from '../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSystem } from '../../helpers/scripted-system.ts';

const NEW_LINK = 16;
const NEW_ROUTE = 24;
const NEW_NEIGHBOUR = 28;
const NEW_NETCONF = 80;
const NEW_NSID = 88;
/** NFNL_SUBSYS_NFTABLES in the upper byte. */
const NFT_NEW_RULE = 0x0a06;

const datagram = (...types: readonly number[]) =>
  new Uint8Array(Buffer.concat(types.map((type) => message(type, [int32(0)]))));
const heard = (protocol: 'route' | 'netfilter', types: readonly number[], nsid?: number): NetlinkEvent => ({
  kind: 'message',
  protocol,
  bytes: datagram(...types),
  ...(nsid === undefined ? {} : { nsid }),
});

describe('an event', () => {
  test.each([
    ['of a link', heard('route', [NEW_LINK], 3), [{ kind: 'wiring', where: { nsid: 3 } }]],
    ['of our own', heard('route', [NEW_LINK]), [{ kind: 'wiring', where: 'own' }]],
    ['of a route', heard('route', [NEW_ROUTE], 3), [{ kind: 'tables', where: { nsid: 3 } }]],
    ['of more', heard('route', [NEW_NEIGHBOUR, NEW_LINK], 3), [{ kind: 'wiring', where: { nsid: 3 } }]],
    ['of a sysctl', heard('route', [NEW_NETCONF], 3), [{ kind: 'sysctls', where: { nsid: 3 } }]],
    ['of a number', heard('route', [NEW_NSID], 3), [{ kind: 'wiring' }]],
    ['of rules', heard('netfilter', [NFT_NEW_RULE], 3), [{ kind: 'rulesets', where: { nsid: 3 } }]],
    ['lost by rtnetlink', { kind: 'lost', protocol: 'route' }, [{ kind: 'wiring' }, { kind: 'sysctls' }]],
    ['lost by nf_tables', { kind: 'lost', protocol: 'netfilter' }, [{ kind: 'rulesets' }]],
  ] as const)('%s says what has to be read again, and where', (_, event, changes) => {
    expect(judgeEvent(event)).toEqual(changes);
  });
});

describe('an entry of a neighbour', () => {
  const NOARP = 0x40;
  const REACHABLE = 2;
  /** struct ndmsg and NDA_DST. */
  const entry = (family: number, state: number, address: readonly number[]): NetlinkEvent => ({
    kind: 'message',
    protocol: 'route',
    bytes: message(NEW_NEIGHBOUR, [
      ...[int8(family), int8(0), int16(0), int32(2), int16(state), int8(0), int8(0)],
      attr(1, Uint8Array.from(address)),
    ]),
  });
  const ipv6 = (first: number) => [first, 2, ...Array.from({ length: 14 }, () => 1)];

  test.each([
    ['IPv6', entry(10, NOARP, ipv6(0xff))],
    ['IPv4', entry(2, NOARP, [224, 0, 0, 22])],
  ])('of an %s multicast address, made and thrown away by the kernel itself, is no change', (_, event) => {
    expect(judgeEvent(event)).toEqual([]);
  });

  test.each([
    ['of a host', entry(2, REACHABLE, [10, 0, 0, 2])],
    ['that needs no asking', entry(2, NOARP, [10, 0, 0, 2])],
    ['that somebody wrote of a multicast address', entry(10, 0x80, ipv6(0xff))],
  ])('%s is one', (_, event) => {
    expect(judgeEvent(event)).toEqual([{ kind: 'tables', where: 'own' }]);
  });
});

test('a kernel without nfnetlink is listened to all the same', async () => {
  const asked: Groups[] = [];
  const socket: EventSocket = {
    events: async function* () {
      yield heard('route', [NEW_LINK]);
    },
    close: () => undefined,
  };
  const listen = (groups: Groups) => {
    asked.push(groups);
    if (groups.netfilter) throw new SystemError('EPROTONOSUPPORT', 'socket(AF_NETLINK, netfilter)');
    return socket;
  };
  const system = scriptedSystem({ namespaces: { open: () => scriptedHandle('1', { listen }) } });
  const changes: unknown[] = [];
  await watchKernel(system, (change) => void changes.push(change), new AbortController().signal);
  expect(changes).toEqual([{ kind: 'wiring', where: 'own' }]);
  expect(asked.map((groups) => Object.keys(groups))).toEqual([['route', 'netfilter'], ['route']]);
});
