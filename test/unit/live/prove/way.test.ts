/** When nothing can be sent, and in which order what was seen is told. */
import { describe, expect, test } from 'vitest';
import { inOrder } from '../../../../src/live/prove/order.ts';
import type { Sighting } from '../../../../src/live/prove/proof.ts';
import { whyNotSent } from '../../../../src/live/prove/way.ts';
import type { Link } from '../../../../src/model/link.ts';
import type { Namespace } from '../../../../src/model/namespace.ts';
import type { FlowRequest, Trace } from '../../../../src/path/trace-flow.ts';

const from = { kind: 'namespace', id: '1', text: 'web' } as const;
const flow = {
  from: 'web',
  to: 'db',
  proto: 'tcp',
  source: '10.0.0.2',
  destination: '10.0.0.3',
  port: 80,
} as const;
const request: FlowRequest = {
  from,
  to: { kind: 'address', address: '10.0.0.3', text: 'db' },
  port: 80,
  proto: 'tcp',
};
const traced = (more: Partial<Trace['flow']> = {}) =>
  ({ flow: { ...flow, ...more }, trip: {}, wanted: [] }) as unknown as Trace;

describe('a probe', () => {
  test('is sent by root, from a namespace, to an address with a port', () => {
    expect(whyNotSent(request, traced(), 0)).toBeUndefined();
    expect(whyNotSent(request, traced({ proto: 'icmp', port: null }), 0)).toBeUndefined();
  });

  test('is not sent otherwise, and that says why', () => {
    const outside = {
      ...request,
      from: { kind: 'address', address: '192.0.2.1', text: '192.0.2.1' },
    } as const;
    expect(whyNotSent(request, traced(), 1000)).toBe('nothing was sent: that takes root');
    expect(whyNotSent(outside, traced(), 0)).toBe('nothing was sent: 192.0.2.1 is outside this host');
    expect(whyNotSent(request, traced({ port: null }), 0)).toBe('nothing was sent: tcp needs a port');
    expect(whyNotSent(request, traced({ destination: 'fe80::1' }), 0)).toMatch(
      /an address of one link alone/,
    );
    expect(whyNotSent(request, { flow, wanted: [] }, 0)).toMatch(/has no beginning here/);
  });
});

function namespace(id: string, peers: Readonly<Record<string, string>>): Namespace {
  const links = Object.entries(peers).map(
    ([name, peer]) => ({ name, peer: { namespace: peer } }) as unknown as Link,
  );
  return { id, name: id, links } as unknown as Namespace;
}

function seen(place: string): Sighting {
  const [at = '', way] = place.split(' ');
  const [id = '', link = ''] = at.split('/');
  return {
    namespace: id,
    link,
    way: way === 'out' ? 'out' : 'in',
    what: 'request',
    source: '',
    destination: '',
    ttl: 64,
  };
}

describe('what was seen', () => {
  const web = namespace('web', { eth0: 'host' });
  const host = namespace('host', { veth1: 'web', veth2: 'db', veth3: 'other' });
  const db = namespace('db', { eth0: 'host' });
  const other = namespace('other', { eth0: 'host' });

  test('is told along the way, from veth to veth and back again', () => {
    const heard = [
      {
        namespace: host,
        seen: ['host/veth1 in', 'host/br0 in', 'host/veth2 out', 'host/veth2 in', 'host/veth1 out'].map(seen),
      },
      { namespace: db, seen: ['db/eth0 in', 'db/eth0 out'].map(seen) },
      { namespace: web, seen: ['web/eth0 out', 'web/eth0 in'].map(seen) },
    ];
    expect(inOrder(heard, 'web').map(({ namespace: id, link, way }) => `${id}/${link} ${way}`)).toEqual([
      'web/eth0 out',
      'host/veth1 in',
      'host/br0 in',
      'host/veth2 out',
      'db/eth0 in',
      'db/eth0 out',
      'host/veth2 in',
      'host/veth1 out',
      'web/eth0 in',
    ]);
  });

  test('loses nothing where a bridge spreads a packet, or nothing was heard at home', () => {
    const spread = ['host/veth1 in', 'host/veth2 out', 'host/veth3 out'].map(seen);
    const heard = [
      { namespace: web, seen: [] },
      { namespace: host, seen: spread },
      { namespace: other, seen: [seen('other/eth0 in')] },
      { namespace: db, seen: [seen('db/eth0 in')] },
    ];
    expect(inOrder(heard, 'web').map(({ namespace: id, link }) => `${id}/${link}`)).toEqual([
      'host/veth1',
      'host/veth2',
      'db/eth0',
      'host/veth3',
      'other/eth0',
    ]);
  });
});
