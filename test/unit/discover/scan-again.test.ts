import { describe, expect, test } from 'vitest';
import type { Place } from '../../../src/discover/place.ts';
import type { FoundNamespace } from '../../../src/discover/resolve.ts';
import type { Scan } from '../../../src/discover/scan.ts';
import { scanAgain } from '../../../src/discover/scan-again.ts';
import type { LinkFact } from '../../../src/model/link.ts';
import { SystemError } from '../../../src/system/system.ts';
import { linkFact, snapshot } from '../../helpers/made-up.ts';
import { attr, done, int8, int16, int32, message, text } from '../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket, scriptedSystem } from '../../helpers/scripted-system.ts';

const NEW_LINK = 16;
const places: Record<string, Place> = {
  host: { path: '/host', kind: 'host', name: 'host' },
  web: { path: '/web', kind: 'named', name: 'web' },
};
const found = (id: string, name: 'host' | 'web', links: readonly LinkFact[]): FoundNamespace => ({
  id,
  places: [places[name] as Place],
  pids: [],
  facts: { links },
});

/** host/veth7 ⇄ web/eth0, where each knows the other as nsid 0. */
const before: Scan = {
  snapshot: snapshot({ namespaces: [], gaps: [{ probe: 'links', namespace: '2', reason: 'old' }] }),
  found: [
    found('1', 'host', [linkFact({ ifindex: 7, name: 'veth7', lowerIfindex: 2, lowerNsid: 0 })]),
    found('2', 'web', [linkFact({ ifindex: 2, name: 'eth0', lowerIfindex: 7, lowerNsid: 0 })]),
  ],
  nsids: new Map([
    ['1>2', 0],
    ['2>1', 0],
  ]),
};

/** RTM_NEWLINK of a veth: ifinfomsg, IFLA_IFNAME, IFLA_LINK, IFLA_LINK_NETNSID, IFLA_LINKINFO. */
function veth(ifindex: number, name: string, peer: number): Uint8Array {
  const header = [int8(0), int8(0), int16(1), int32(ifindex), int32(0), int32(0)];
  const kind = attr(18, attr(1, text('veth')));
  return message(NEW_LINK, [...header, attr(3, text(name)), attr(5, int32(peer)), attr(37, int32(0)), kind]);
}

/** A machine on which these paths lead to these inodes, and each namespace's links are what they are now. */
function machine(inodes: Readonly<Record<string, string>>, now: Uint8Array) {
  const opened: string[] = [];
  const system = scriptedSystem({
    namespaces: {
      open: (path) => {
        const id = inodes[path];
        if (id === undefined) throw new SystemError('ENOENT', `open ${path}`);
        opened.push(path);
        return scriptedHandle(id, {
          openNetlink: () => scriptedSocket([now, done()]),
          close: () => void opened.splice(opened.indexOf(path), 1),
        });
      },
    },
  });
  return { system, opened };
}

const request = { sections: ['links'] } as const;

describe('scanning again', () => {
  test('reads only what changed and resolves both ends anew', async () => {
    // Only web can be opened: a look at the host would throw.
    const { system, opened } = machine({ '/web': '2' }, veth(2, 'renamed', 7));
    const after = await scanAgain(system, before, new Set(['2']), request);
    const [host, web] = after?.snapshot.namespaces ?? [];
    expect(host?.links?.[0]).toMatchObject({ name: 'veth7', peer: { namespace: '2', name: 'renamed' } });
    expect(web?.links?.[0]).toMatchObject({ name: 'renamed', peer: { namespace: '1', name: 'veth7' } });
    expect(after?.snapshot.gaps).toEqual([]);
    expect(opened).toEqual([]);
  });

  test('gives up where a namespace is gone, or another has taken its place', async () => {
    const gone = machine({}, done());
    expect(await scanAgain(gone.system, before, new Set(['2']), request)).toBeUndefined();
    const replaced = machine({ '/web': '3' }, done());
    expect(await scanAgain(replaced.system, before, new Set(['2']), request)).toBeUndefined();
    expect(replaced.opened).toEqual([]);
  });

  test('gives up where it is asked for a namespace that it does not know', async () => {
    const { system } = machine({ '/web': '2' }, done());
    expect(await scanAgain(system, before, new Set(['9']), request)).toBeUndefined();
  });
});
