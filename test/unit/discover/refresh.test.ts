import { describe, expect, test } from 'vitest';
import { refreshNamespace } from '../../../src/discover/refresh.ts';
import { SystemError } from '../../../src/system/system.ts';
import { link, namespace } from '../../helpers/made-up.ts';
import { attr, done, int8, int16, int32, message, text } from '../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket, scriptedSystem } from '../../helpers/scripted-system.ts';

const NEW_LINK = 16;
const IFLA_IFNAME = 3;
const IFLA_LINK = 5;
const IFLA_LINKINFO = 18;

/** RTM_NEWLINK of a veth whose peer is ifindex 9, with no more than that. */
const plainVeth = (ifindex: number, name: string) =>
  message(NEW_LINK, [
    ...[int8(0), int8(0), int16(1), int32(ifindex), int32(0), int32(0)],
    attr(IFLA_IFNAME, text(name)),
    attr(IFLA_LINK, int32(9)),
    attr(IFLA_LINKINFO, attr(1, text('veth'))),
  ]);

const machine = (answers: readonly Uint8Array[]) =>
  scriptedSystem({
    namespaces: {
      open: (path) => {
        if (path !== '/run/netns/web') throw new SystemError('ENOENT', `open ${path}`);
        return scriptedHandle('2', { openNetlink: () => scriptedSocket([...answers, done()]) });
      },
    },
  });

const peer = { namespace: '1', ifindex: 9, name: 'veth9' };
const before = namespace({
  id: '2',
  paths: ['/run/netns/web'],
  links: [link({ peer, network: 'bridge', addresses: ['10.0.0.2/24'], alias: 'to the router' })],
  sysctls: { 'ipv4/ip_forward': '0' },
});

describe('reading one namespace again', () => {
  test('drops what the kernel no longer says of a link, and keeps what was resolved', async () => {
    const { namespace: after, rewired } = await refreshNamespace(machine([plainVeth(2, 'eth0')]), before, [
      'links',
    ]);
    expect(after.links).toHaveLength(1);
    expect(after.links?.[0]).not.toHaveProperty('alias');
    expect(after.links?.[0]).not.toHaveProperty('mac', before.links?.[0]?.mac);
    expect(after.links?.[0]).toMatchObject({ peer, network: 'bridge', addresses: ['10.0.0.2/24'] });
    expect(after.sysctls).toEqual(before.sysctls);
    expect(rewired).toBe(false);
  });

  test.each([
    ['is gone', []],
    ['has another name', [plainVeth(2, 'eth7')]],
    ['has got another beside it', [plainVeth(2, 'eth0'), plainVeth(3, 'eth1')]],
  ])('says that the wiring is another where a link %s', async (_, answers) => {
    const { namespace: after, rewired } = await refreshNamespace(machine(answers), before, ['links']);
    expect(rewired).toBe(true);
    expect(after.links?.map(({ name }) => name)).toEqual(answers.length === 2 ? ['eth0'] : []);
  });

  test('leaves a namespace that is gone as it was, with a gap', async () => {
    const gone = { ...before, paths: ['/run/netns/gone'] };
    const { namespace: after, gaps, rewired } = await refreshNamespace(machine([]), gone, ['links']);
    expect(after).toBe(gone);
    expect(gaps).toMatchObject([{ probe: 'netns', namespace: '2' }]);
    expect(rewired).toBe(true);
  });
});
