/**
 * A real Docker engine inside a lab: Debian 12's own 20.10, or 28 from a Debian sid root (sid-root.ts). It answers
 * on the usual socket in the lab, and on `docker.socket`, a path that is the same outside. Its data lie in the lab's
 * directory, and its containers are processes of the lab, so that they end with it.
 */
import { request } from 'node:http';
import type { Lab } from './lab.ts';
import type { Finished, RunOptions, Started } from './lab-process.ts';
import { checkout } from './paths.ts';
import { findSidRoot } from './sid-root.ts';
import { waitFor } from './wait-for.ts';

export type DockerVersion = '20.10' | '28';

export type ContainerOptions = {
  readonly name: string;
  /** A Docker network's name, `none`, `host` or `container:X`. Absent: the default bridge. */
  readonly network?: string;
  /** More arguments of `docker run`, before the image: `['-p', '8080:80']`. */
  readonly args?: readonly string[];
  /** What runs in it. Absent: nothing that ends. */
  readonly command?: readonly string[];
};

export type Container = {
  readonly id: string;
  readonly name: string;
  /** Its first process, as the lab counts and as Docker says it. */
  readonly pid: number;
};

export type Docker = {
  /** The engine's socket; `unix://` and this is a DOCKER_HOST inside the lab and outside. */
  readonly socket: string;
  /** Runs the engine's own `docker` in the lab; throws, with what it said, unless it succeeds. */
  readonly cli: (args: readonly string[], options?: RunOptions) => Promise<string>;
  /** The same for a command that may fail. */
  readonly tryCli: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
  /** Makes the image `bb`: busybox and a link for each of its commands (sh, httpd, ping, ip, nc, udhcpc, …). */
  readonly importBusybox: () => Promise<void>;
  /** Starts a container of `bb` and returns when it runs. */
  readonly runContainer: (options: ContainerOptions) => Promise<Container>;
  /** What the engine has written so far, since it was started last. */
  readonly log: () => string;
  /** Stops the engine as a system does (SIGTERM), or otherwise. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same data. */
  readonly start: () => Promise<void>;
};

/** Milliseconds until an engine answers; it takes one to three seconds. */
const START_LIMIT_MS = 30_000;
/** The usual place, inside the lab; /var/run is a link to /run on Debian. */
const USUAL_SOCKET = '/run/docker.sock';

/** Starts an engine in the lab and returns when it answers. */
export async function startDocker(lab: Lab, options: { readonly version: DockerVersion }): Promise<Docker> {
  const root = options.version === '28' ? await makeSidRoot(lab) : undefined;
  const engineIn = root ? ['sh', `${checkout}/test/helpers/sid-engine.sh`, root] : [];
  const clientIn = root ? ['chroot', root] : [];
  const socket = `${lab.directory}/docker.sock`;
  let engine: Started | undefined;
  const start = async () => {
    engine = await lab.spawn([...engineIn, '/usr/sbin/dockerd', ...engineOptions(lab.directory)]);
    await waitUntilItAnswers('Docker', engine, socket);
  };
  const commandOf = (args: readonly string[]) => [
    ...clientIn,
    '/usr/bin/docker',
    '-H',
    `unix://${socket}`,
    ...args,
  ];
  const cli: Docker['cli'] = (args, run) => lab.ok(commandOf(args), run);
  await start();
  return {
    socket,
    cli,
    tryCli: (args, run) => lab.run(commandOf(args), run),
    importBusybox: async () => {
      await lab.ok(packBusybox);
      await cli(['import', '/run/busybox.tar', 'bb']);
    },
    runContainer: async ({ name, network, args = [], command = ['sleep', '1000000'] }) => {
      const joined = network ? ['--network', network] : [];
      // Without --init, `sleep` as process 1 would ignore the polite signal, and each stop take ten seconds.
      const fixed = ['run', '-d', '--stop-signal', 'KILL', '--name', name];
      const id = (await cli([...fixed, ...joined, ...args, 'bb', ...command])).trim();
      return { id, name, pid: Number(await cli(['inspect', '-f', '{{.State.Pid}}', name])) };
    },
    log: () => engine?.stderr() ?? '',
    stop: async (signal = 'SIGTERM') => void (await engine?.stop(signal)),
    start,
  };
}

function engineOptions(directory: string): string[] {
  const data = ['--data-root', `${directory}/docker`, '--exec-root', '/run/docker', '-p', '/run/docker.pid'];
  return [...data, '-H', `unix://${USUAL_SOCKET}`, '-H', `unix://${directory}/docker.sock`];
}

/** Makes the sid root enterable in the lab, and returns its path. */
async function makeSidRoot(lab: Lab): Promise<string> {
  const own = `${lab.directory}/sid`;
  const root = `${own}/root`;
  // /run is shared first: what Docker mounts under its /run (its networks' namespaces) then shows in the lab's too.
  // The root itself must not lie under anything shared, or nothing could make it its root (pivot_root(2)).
  await lab.ok(`
    mkdir -p ${root} ${own}/upper ${own}/work
    mount -t overlay -o lowerdir=${await findSidRoot()},upperdir=${own}/upper,workdir=${own}/work overlay ${root}
    mkdir -p ${root}${lab.directory}
    for place in /proc /sys /dev; do mount --rbind $place ${root}$place; done
    mount --bind ${lab.directory} ${root}${lab.directory}
    mount --make-shared /run
    mount --bind /run ${root}/run`);
  return root;
}

/** Waits until the engine's API answers on the socket. Throws, with what the engine said, when it ends before. */
export async function waitUntilItAnswers(name: string, engine: Started, socket: string): Promise<void> {
  let over = false;
  void engine.ended.finally(() => {
    over = true;
  });
  const look = async () => over || (await answers(socket));
  await waitFor(() => `${name} to answer:\n${engine.stderr()}`, look, START_LIMIT_MS);
  if (over) throw new Error(`${name} ended at once:\n${engine.stderr()}`);
}

/** `GET /_ping` of the Engine API. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false)).on('timeout', () => asked.destroy());
    asked.end();
  });
}

/** Makes /run/busybox.tar, an image's root: busybox and a link for each of its commands. */
export const packBusybox = `
  mkdir -p /run/busybox/bin
  cp "$(command -v busybox)" /run/busybox/bin/busybox
  set +x
  for name in $(busybox --list); do [ $name = busybox ] || ln -s busybox /run/busybox/bin/$name; done
  tar -cf /run/busybox.tar -C /run/busybox .`;
