/**
 * Podman as somebody who is not root runs it, inside a lab: its containers are on slirp4netns, or on bridges in a
 * network namespace that podman makes to be their 'host'.
 */
import { type ContainerOptions, packBusybox, waitUntilItAnswers } from './docker.ts';
import type { Lab } from './lab.ts';

export type RootlessPodman = {
  readonly socket: string;
  /** Runs `podman` as the user; throws, with what it said, unless it succeeds. */
  readonly cli: (args: readonly string[]) => Promise<string>;
  readonly runContainer: (options: ContainerOptions) => Promise<void>;
};

/** A uid that the machine gives to nobody. */
const UID = '4242';
const RUNTIME = `/run/user/${UID}`;

/** Starts `podman system service` as that user, with the image `bb`, and returns when it answers. */
export async function startRootlessPodman(lab: Lab): Promise<RootlessPodman> {
  const socket = `${RUNTIME}/podman.sock`;
  const home = `${lab.directory}/ann`;
  await lab.ok(packBusybox);
  // What a login would set up: ids to hand out, a runtime directory, a cgroup of one's own, and a usable /dev/net/tun.
  await lab.ok(`
    echo 'ann:x:${UID}:${UID}::${home}:/bin/sh' >> /etc/passwd
    echo 'ann:x:${UID}:' >> /etc/group
    echo 'ann:100000:65536' | tee /etc/subuid > /etc/subgid
    chmod 755 ${lab.directory}
    mkdir -p ${home} ${RUNTIME} /sys/fs/cgroup/ann/leaf
    chown -R ${UID}:${UID} ${home} ${RUNTIME} /sys/fs/cgroup/ann
    mount -t tmpfs -o mode=755,dev tmpfs /dev/net
    mknod -m 666 /dev/net/tun c 10 200`);
  const login = 'echo $$ > /sys/fs/cgroup/ann/leaf/cgroup.procs; exec "$@"';
  const user = ['setpriv', '--reuid', UID, '--regid', UID, '--clear-groups'];
  const env = ['env', '-C', home, `HOME=${home}`, `XDG_RUNTIME_DIR=${RUNTIME}`];
  const made = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file'];
  const command = ['sh', '-c', login, 'sh', ...user, ...env, 'podman', ...made, '--runtime', 'crun'];
  const cli: RootlessPodman['cli'] = (args) => lab.ok([...command, ...args]);
  await cli(['import', '/run/busybox.tar', 'bb']);
  const service = await lab.spawn([...command, 'system', 'service', '--time', '0', `unix://${socket}`]);
  await waitUntilItAnswers('Podman', service, `/proc/${lab.pid}/root${socket}`);
  return {
    socket,
    cli,
    runContainer: async ({
      name,
      network = 'slirp4netns',
      args = [],
      command: inside = ['sleep', '1000000'],
    }) => {
      // Limits of processes and the cgroup it would choose are not the user's to set up in a lab.
      const fixed = ['run', '-d', '--stop-signal', 'KILL', '--pids-limit', '-1', '--cgroup-parent', '/ann'];
      await cli([...fixed, '--name', name, '--network', network, ...args, 'bb', ...inside]);
    },
  };
}
