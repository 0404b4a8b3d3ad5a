/**
 * Podman inside a lab, with its API on a socket as Docker's clients use it. Everything it keeps lies in the lab's
 * directory and in the lab's /run and /etc, and its containers are processes of the lab, so that they end with it.
 */
import { type Container, type ContainerOptions, packBusybox, waitUntilItAnswers } from './docker.ts';
import type { Lab } from './lab.ts';

export type Podman = {
  /** The API's socket; `unix://` and this is a DOCKER_HOST inside the lab and outside. */
  readonly socket: string;
  /** Runs `podman` in the lab; throws, with what it said, unless it succeeds. */
  readonly cli: (args: readonly string[]) => Promise<string>;
  /** Starts a container of the image `bb` (busybox) and returns when it runs. */
  readonly runContainer: (options: ContainerOptions) => Promise<Container>;
};

/** Starts `podman system service` in the lab, with the image `bb`, and returns when it answers. */
export async function startPodman(lab: Lab): Promise<Podman> {
  const socket = `${lab.directory}/podman.sock`;
  const command = ['podman', ...globalOptions(lab.directory)];
  const cli: Podman['cli'] = (args) => lab.ok([...command, ...args]);
  // It remembers image layers under /var/lib/containers, whatever its options say: into memory, not into the machine's.
  await lab.ok(`
    mkdir -p /run/lib/upper /run/lib/work
    mount -t overlay -o lowerdir=/var/lib,upperdir=/run/lib/upper,workdir=/run/lib/work overlay /var/lib`);
  await lab.ok(packBusybox);
  await cli(['import', '/run/busybox.tar', 'bb']);
  // A time of 0 keeps the service running although nobody asks anything.
  const service = await lab.spawn([...command, 'system', 'service', '--time', '0', `unix://${socket}`]);
  await waitUntilItAnswers('Podman', service, socket);
  return {
    socket,
    cli,
    runContainer: async ({ name, network, args = [], command: inside = ['sleep', '1000000'] }) => {
      const joined = network ? ['--network', network] : [];
      // Its limit of processes needs a cgroup controller that the machine may not have handed on.
      const fixed = ['run', '-d', '--stop-signal', 'KILL', '--pids-limit', '-1', '--name', name];
      const id = (await cli([...fixed, ...joined, ...args, 'bb', ...inside])).trim();
      return { id, name, pid: Number(await cli(['inspect', '-f', '{{.State.Pid}}', name])) };
    },
  };
}

/**
 * No systemd runs in a lab: cgroups are made by hand, and events are a file. crun would first raise its own limit of
 * locked memory, for which the root of a container or a small machine may lack CAP_SYS_RESOURCE; runc does without.
 */
function globalOptions(directory: string): string[] {
  const places = ['--root', `${directory}/podman`, '--runroot', '/run/podman', '--tmpdir', '/run/libpod'];
  const made = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
  return [...places, ...made, '--runtime', 'runc', '--network-config-dir', `${directory}/networks`];
}
