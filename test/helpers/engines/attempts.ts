/** Tries connections for real: servers in every namespace, and clients that ask them all at once. */
import { node } from '../paths.ts';
import { waitFor } from '../wait-for.ts';
import type { Listener, Outcome } from './actor.ts';
import type { Engine } from './build.ts';
import {
  destinationsOf,
  type Flow,
  HOST_ADDRESSES,
  HOST_TCP,
  HOST_UDP,
  handmadeInClient,
  handmadeRules,
  SERVED_TCP,
  SERVED_UDP,
  sourcesOf,
} from './flows.ts';

/** Milliseconds until a dozen programs run on a busy machine. */
const START_LIMIT_MS = 30_000;
const ACTOR = `${import.meta.dirname}/actor.ts`;
/** The addresses of the machines beside the host at which they serve. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  outside: ['192.0.2.10'],
  internet: ['203.0.113.1', '2001:db8:3::1'],
};

/** The command line that runs `argv` in the network namespace of a container, of a machine beside the host, or of the host. */
function inside(engine: Engine, name: string, argv: readonly string[]): readonly string[] {
  if (name === 'host') return argv;
  if (BESIDE[name]) return ['ip', 'netns', 'exec', name, ...argv];
  const container = engine.containers.find((one) => one.name === name);
  if (!container) throw new Error(`no container ${name}`);
  return ['nsenter', `--net=/proc/${container.pid}/ns/net`, ...argv];
}

/** Starts the servers, and sets the rules that are made by hand. */
export async function populate(engine: Engine): Promise<void> {
  const { lab, containers } = engine;
  // A tentative address is none yet (RFC 4862, 5.4): nobody can be asked there.
  await waitFor(
    'all IPv6 addresses to be confirmed',
    async () => !(await lab.ok(['ip', '-6', 'address', 'show', 'tentative'])),
  );
  const places = [
    ...containers.map(({ name, addresses }) => ({ name, listeners: visitable(addresses) })),
    ...Object.entries(BESIDE).map(([name, addresses]) => ({ name, listeners: visitable(addresses) })),
    { name: 'host', listeners: hostListeners() },
  ];
  await Promise.all(
    places.map(async (place) => {
      const server = await lab.spawn([
        ...inside(engine, place.name, [node, ACTOR, 'serve', JSON.stringify(place)]),
      ]);
      await server.waitForOutput(/ready/, START_LIMIT_MS);
    }),
  );
  await lab.ok(handmadeRules);
  await lab.ok(inside(engine, 'client', handmadeInClient));
}

/** TCP at all addresses; UDP at each one, so that answers come from the address that was asked. */
function visitable(addresses: readonly string[]): readonly Listener[] {
  return [
    ...SERVED_TCP.map((port): Listener => ({ proto: 'tcp', address: '::', port })),
    ...addresses.flatMap((address) => SERVED_UDP.map((port): Listener => ({ proto: 'udp', address, port }))),
  ];
}

function hostListeners(): readonly Listener[] {
  return [
    ...HOST_TCP.everywhere.map((port): Listener => ({ proto: 'tcp', address: '::', port })),
    ...HOST_TCP.loopback.map((port): Listener => ({ proto: 'tcp', address: '127.0.0.1', port })),
    ...HOST_ADDRESSES.flatMap((address) =>
      HOST_UDP.map((port): Listener => ({ proto: 'udp', address, port })),
    ),
  ];
}

export type Tried = { readonly flow: Flow; readonly outcome: Outcome };

/** Tries every destination from every place. */
export async function attemptAll(engine: Engine): Promise<readonly Tried[]> {
  const destinations = destinationsOf(engine.version);
  const words = JSON.stringify(destinations);
  const clients = await Promise.all(
    sourcesOf(engine.version).map(async (from) => {
      const client = await engine.lab.spawn(inside(engine, from, [node, ACTOR, 'try', words]));
      await client.waitForOutput(/ready/, START_LIMIT_MS);
      return { from, client };
    }),
  );
  const tried = await Promise.all(
    clients.map(async ({ from, client }) => {
      const { stdout } = await client.stop('SIGUSR2');
      const outcomes: readonly Outcome[] = JSON.parse(stdout.replace(/^ready\n/, ''));
      return outcomes.flatMap((outcome, index): readonly Tried[] => {
        const to = destinations[index];
        return to ? [{ flow: { from, ...to }, outcome }] : [];
      });
    }),
  );
  return tried.flat();
}
