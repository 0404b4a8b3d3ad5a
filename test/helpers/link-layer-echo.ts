/**
 * One echo request on the link layer of a lab: where the walk says that it ends, from a snapshot that the built netpeek
 * takes, and where the kernel takes it: the namespace that counts it as received (Icmp InEchos, RFC 2011).
 */
import { readFileSync } from 'node:fs';
import type { Namespace } from '../../src/model/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { ConnectionTable } from '../../src/path/walk/connections.ts';
import { firstPacket } from '../../src/path/walk/first-packet.ts';
import { frameIn } from '../../src/path/walk/frame-in.ts';
import { frameOut } from '../../src/path/walk/frame-out.ts';
import type { State, StepResult, World } from '../../src/path/walk/state.ts';
import { transmit } from '../../src/path/walk/transmit.ts';
import { parseSnapshot } from '../../src/view/json/parse-snapshot.ts';
import type { Lab } from './lab.ts';
import { waitFor } from './wait-for.ts';

const SNAPSHOT = 'wiring.json';

/** Waits until the kernel has noticed every port's carrier: what is set on a port before that is lost. */
export async function forwards(lab: Lab, but: readonly string[] = []): Promise<void> {
  await waitFor('ports to forward', async () => {
    const links: readonly { ifname: string; state?: string }[] = JSON.parse(
      await lab.ok(['bridge', '-j', 'link']),
    );
    return links.every(({ ifname, state }) => state === 'forwarding' || but.includes(ifname));
  });
}

/** What the walk makes of it, from the sender's link until a stack takes it. */
export async function claim(lab: Lab, from: string, by: string, to: string) {
  const file = `${lab.directory}/${SNAPSHOT}`;
  await lab.ok(`rm -f ${file}`);
  const { exitCode, stderr } = await lab.netpeek(['snapshot', '-o', file]);
  if (exitCode !== 0) throw new Error(stderr);
  const snapshot: Snapshot = parseSnapshot(JSON.parse(readFileSync(file, 'utf8')), file);
  const namespace = snapshot.namespaces.find(({ name }) => name === from);
  const link = namespace?.links?.find(({ name }) => name === by);
  if (!namespace || !link) throw new Error(`the snapshot has no ${from}/${by}`);
  const source = sourceOf(namespace, link.ifindex, to);
  const packet = firstPacket({
    from,
    to,
    proto: 'icmp',
    source,
    destination: to,
    port: null,
  });
  const world: World = {
    snapshot,
    direction: 'request',
    connections: new ConnectionTable(),
    wanted: new Set(),
  };
  const results: StepResult[] = [];
  let state: State | undefined = { at: 'transmit', namespace, link, packet, nextHop: to };
  while (state && state.at !== 'receive' && results.length < 60) {
    const result: StepResult = step(world, state);
    results.push(result);
    state = result.next;
  }
  const hops = results.flatMap((result) => result.hops);
  const told = hops
    .map(({ namespace: { name }, link: on, verdict, detail }) => `${name}/${on} ${verdict} ${detail}`)
    .join('\n');
  const faults = results.flatMap((result) => result.faults.map(({ kind }) => kind));
  const doubt = hops.findIndex(({ verdict }) => verdict === 'unknown');
  const drop = hops.findIndex(({ verdict }) => verdict === 'drop');
  const arrived = state ? state.namespace.name : (results.at(-1)?.end?.how ?? 'nowhere');
  return { told, faults, ends: drop >= 0 ? 'lost' : doubt >= 0 ? 'unknown' : arrived };
}

function step(world: World, state: State): StepResult {
  if (state.at === 'transmit') return transmit(world, state);
  if (state.at === 'frame-out') return frameOut(world, state);
  if (state.at === 'frame-in') return frameIn(world, state);
  throw new Error(`${state.at} is no step of the link layer`);
}

function sourceOf({ addresses = [] }: Namespace, ifindex: number, to: string): string {
  const family = to.includes(':') ? 'ipv6' : 'ipv4';
  const own = addresses.find(
    (one) => one.ifindex === ifindex && one.family === family && one.scope === 'global',
  );
  if (!own) throw new Error(`no ${family} address to send from`);
  return own.address;
}

/** Sends one echo request, and finds the namespace that counted it. */
export async function sendOne(lab: Lab, from: string, to: string): Promise<string> {
  const before = await countEchoes(lab);
  await lab.run([...inside(from), 'ping', '-n', '-c1', '-W1', to]);
  const after = await countEchoes(lab);
  const [arrived] = [...after]
    .filter(([name, count]) => count > (before.get(name) ?? 0))
    .map(([name]) => name);
  return arrived ?? 'lost';
}

async function countEchoes(lab: Lab): Promise<ReadonlyMap<string, number>> {
  const names: readonly string[] = [
    'host',
    ...(await lab.ok(['ls', '/run/netns'])).split('\n').filter(Boolean),
  ];
  const counts = await Promise.all(
    names.map(async (name) => {
      const four = await lab.ok([...inside(name), 'grep', '^Icmp:', '/proc/net/snmp']);
      const [titles = '', values = ''] = four.split('\n');
      const at = titles.split(' ').indexOf('InEchos');
      const six = await lab.ok([...inside(name), 'grep', '^Icmp6InEchos', '/proc/net/snmp6']);
      return [name, Number(values.split(' ')[at]) + Number(six.trim().split(/\s+/)[1])] as const;
    }),
  );
  return new Map(counts);
}

function inside(name: string): readonly string[] {
  return name === 'host' ? [] : ['ip', 'netns', 'exec', name];
}
