/** What the taps of a proof tell: every link of the way in its order, with addresses and ports as they are there. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Proof } from '../../src/live/prove/proof.ts';
import { proveFlow } from '../../src/live/prove/prove.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type FlowRequest, traceFlow } from '../../src/path/trace-flow.ts';
import { realSystem } from '../../src/system/real.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import { base } from '../helpers/diagnosis-cases.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';

let lab: Lab;
let snapshot: Snapshot;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok(base);
  await lab.ok('iptables -t nat -R POSTROUTING 1 -s 172.17.0.0/16 ! -o br0 -j MASQUERADE --random-fully');
  await lab.spawn(['ip', 'netns', 'exec', 'c2', 'busybox', 'httpd', '-f', '-p', '0.0.0.0:80']);
  await lab.spawn(['ip', 'netns', 'exec', 'up', 'busybox', 'httpd', '-f', '-p', '203.0.113.10:80']);
  await waitFor('servers', async () =>
    (
      await Promise.all(['c2', 'up'].map((name) => lab.ok(['ip', 'netns', 'exec', name, 'ss', '-ltnH'])))
    ).every((listens) => listens.includes(':80')),
  );
  await waitFor('ports to forward', async () => {
    const links: readonly { state?: string }[] = JSON.parse(await lab.ok(['bridge', '-j', 'link']));
    return links.every(({ state }) => state === 'forwarding');
  });
  snapshot = await take();
});
afterAll(() => lab.dispose());

/** With the paths by which the lab's namespaces are reached from outside of it. */
async function take(): Promise<Snapshot> {
  const file = `${lab.directory}/now.json`;
  const { exitCode, stderr } = await lab.netpeek(['snapshot', '-o', file]);
  if (exitCode !== 0) throw new Error(stderr);
  const read = parseSnapshot(JSON.parse(readFileSync(file, 'utf8')), file);
  const namespaces = read.namespaces.map((one) => ({
    ...one,
    pids: [],
    paths:
      one.kind === 'host' ? [`/proc/${lab.pid}/ns/net`] : [`/proc/${lab.pid}/root/run/netns/${one.name}`],
  }));
  return { ...read, namespaces };
}

type Asked = {
  readonly from: string;
  readonly to: string;
  readonly port: number | null;
  readonly proto: FlowRequest['proto'];
  readonly packetBytes?: number;
};

function prove({ from, to, port, proto, packetBytes }: Asked): Promise<Proof> {
  const id = snapshot.namespaces.find(({ name }) => name === from)?.id ?? '';
  const request: FlowRequest = {
    from: { kind: 'namespace', id, text: from },
    to: { kind: 'address', address: to, text: to },
    port,
    proto,
  };
  const trace = traceFlow(snapshot, request);
  return proveFlow(
    realSystem(),
    snapshot,
    { request, trace },
    {
      signal: new AbortController().signal,
      note: () => undefined,
      ...(packetBytes === undefined ? {} : { packetBytes }),
    },
  );
}

const places = ({ seen }: Proof, what: string) =>
  seen.filter((one) => one.what === what).map(({ namespace, link, way }) => `${namespace}/${link} ${way}`);

describe('taps', () => {
  test('see each link of the way there and back, in order, although the source port is translated', async () => {
    const proof = await prove({ from: 'c1', to: '203.0.113.10', port: 80, proto: 'tcp' });
    expect(proof.outcome).toEqual({ kind: 'answered' });
    const there = ['c1/eth0 out', 'host/vc1 in', 'host/br0 in', 'host/eth0 out', 'up/p-host in', 'up/lan in'];
    const back = [
      'up/lan out',
      'up/p-host out',
      'host/eth0 in',
      'host/br0 out',
      'host/vc1 out',
      'c1/eth0 in',
    ];
    expect(places(proof, 'request')).toEqual(there);
    expect(places(proof, 'answer')).toEqual(back);
    const [sent, translated] = ['c1/eth0 out', 'host/eth0 out'].map((place) =>
      proof.seen.find(({ namespace, link, way }) => `${namespace}/${link} ${way}` === place),
    );
    expect(sent).toMatchObject({
      source: '172.17.0.2',
      destination: '203.0.113.10',
      destinationPort: 80,
      ttl: 64,
    });
    expect(translated).toMatchObject({ source: '10.0.0.2', ttl: 63 });
    expect(translated?.sourcePort).not.toBe(sent?.sourcePort);
  });

  test('show a published port become the container’s', async () => {
    const proof = await prove({ from: 'ext', to: '10.0.0.2', port: 8080, proto: 'tcp' });
    const at = (namespace: string, link: string) =>
      proof.seen.find((one) => one.namespace === namespace && one.link === link && one.what === 'request');
    expect(at('host', 'eth0')).toMatchObject({ destination: '10.0.0.2', destinationPort: 8080 });
    expect(at('c2', 'eth0')).toMatchObject({ destination: '172.17.0.3', destinationPort: 80 });
    expect(proof.answered).toBe(1);
  });

  test('see echoes and datagrams of both families, and who refuses them', async () => {
    for (const to of ['172.17.0.3', 'fd00:d::3']) {
      expect((await prove({ from: 'c1', to, port: null, proto: 'icmp' })).outcome).toEqual({
        kind: 'answered',
      });
      const refused = await prove({ from: 'c1', to, port: 9, proto: 'udp' });
      expect(refused.outcome).toEqual({ kind: 'refused', from: to });
      expect(places(refused, 'error').at(-1)).toBe('c1/eth0 in');
    }
  });

  test('see a packet that may not be divided stop at the link that is too small for it', async () => {
    await lab.ok('ip link set eth0 mtu 1400; ip -n up link set p-host mtu 1400');
    const asked = { from: 'c1', to: '203.0.113.10', port: null, proto: 'icmp' } as const;
    const large = await prove({ ...asked, packetBytes: 1450 });
    expect(large.outcome).toMatchObject({ icmp: { type: 3, code: 4, from: '172.17.0.1' } });
    expect(large.lastSeen).toBe('host/br0');
    expect((await prove({ ...asked, packetBytes: 1400 })).outcome).toEqual({ kind: 'answered' });
  });
});
