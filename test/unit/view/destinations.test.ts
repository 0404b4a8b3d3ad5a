import { describe, expect, it } from 'vitest';
import { findNamespace, type Snapshot } from '../../../src/model/snapshot.ts';
import { findProposals } from '../../../src/view/destinations.ts';
import { makeSnapshot, WEB_ID } from '../components/fixture-snapshot.ts';

function proposalsFor(text: string, snapshot: Snapshot = makeSnapshot()) {
  const web = findNamespace(snapshot, WEB_ID);
  if (web === undefined) throw new Error('the fixture has no web');
  return findProposals(snapshot, web, text);
}

/** The fixture with web's port 80 published in these ways. */
function publishing(...bindings: readonly (readonly [protocol: string, hostAddress: string])[]): Snapshot {
  const snapshot = makeSnapshot();
  const ports = bindings.map(([protocol, hostAddress]) => ({
    protocol,
    hostAddress,
    containerPort: 80,
    hostPort: 8080,
  }));
  const namespaces = snapshot.namespaces.map((each) => ({
    ...each,
    containers: each.id === WEB_ID ? each.containers.map((one) => ({ ...one, ports })) : each.containers,
  }));
  return { ...snapshot, namespaces };
}

describe('destinations of a diagnosis', () => {
  it('begin with the internet, and name every other namespace with an address', () => {
    const [first, ...others] = proposalsFor('');
    expect(first).toMatchObject({ label: 'the internet' });
    expect(first?.to).toBeUndefined();
    expect(others).toContainEqual(expect.objectContaining({ label: 'blue', to: '10.244.1.3' }));
    expect(others.map(({ label }) => label)).not.toContain('web');
    expect(others.map(({ label }) => label)).not.toContain('old-batch');
  });

  it('hold each published TCP port once, at an address of the host', () => {
    const snapshot = publishing(['tcp', '0.0.0.0'], ['tcp', '::'], ['udp', '0.0.0.0'], ['tcp', '127.0.0.1']);
    const host = proposalsFor('', snapshot).find(({ label }) => label === 'host');
    const ports = proposalsFor('', snapshot).filter(({ label }) => label.includes('published'));
    expect(ports.map(({ label }) => label)).toEqual(['web, published port 80', 'web, published port 80']);
    expect(ports.map(({ to }) => to)).toEqual([`${host?.to}:8080`, '127.0.0.1:8080']);
  });

  it('are found by a part of their name or address', () => {
    expect(proposalsFor('blue')[0]).toMatchObject({ label: 'blue' });
    expect(proposalsFor(':8080', publishing(['tcp', '0.0.0.0']))[0]).toMatchObject({
      label: 'web, published port 80',
    });
  });

  it('give way to a whole address as typed, but not to the same address with a name', () => {
    for (const typed of ['192.0.2.1:443', '10.9.9.9', '2001:db8::1', '[2001:db8::1]:443'])
      expect(proposalsFor(typed)[0]).toEqual({ key: 'typed', label: '', to: typed });
    expect(proposalsFor('10.244.1.3')[0]).toMatchObject({ label: 'blue' });
  });

  it('are what was typed where nothing fits, so that its fault can be told', () => {
    expect(proposalsFor('qqq.example:5432')).toEqual([{ key: 'typed', label: '', to: 'qqq.example:5432' }]);
  });
});
