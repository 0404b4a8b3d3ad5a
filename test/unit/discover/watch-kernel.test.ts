import { describe, expect, test } from 'vitest';
import { judgeEvent, watchKernel } from '../../../src/discover/watch-kernel.ts';
import { type EventSocket, type Groups, type NetlinkEvent, SystemError } from '../../../src/system/system.ts';
import { int32, message } from '../../helpers/netlink-bytes.ts';
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
