/**
 * A private machine to practise on: network, mount and pid namespaces of its own (unshare(1)). When its first process
 * ends, the kernel ends everything in it, so nothing can be left behind.
 */
import type { Ended, System } from '../system/system.ts';

/** Runs `argv` as the first process of a private machine, on this terminal. `signal` ends it. */
export function runIsolated(system: System, argv: readonly string[], signal: AbortSignal): Promise<Ended> {
  // Without root, a user namespace in which we are root does as well, where the kernel allows it.
  const asRoot = system.host.uid === 0 ? [] : ['--map-root-user'];
  return system.processes.hand({
    argv: [
      'unshare',
      ...asRoot,
      '--net',
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--kill-child=SIGTERM',
      '--mount-proc',
      '--',
      ...argv,
    ],
    signal,
  });
}

/** Inside: hides the machine's /run, where `ip netns` keeps its names and engines their sockets. Throws `SystemError`. */
export async function hideRun(system: System): Promise<void> {
  for (const argv of [
    ['mount', '-t', 'tmpfs', 'netpeek-lab', '/run'],
    // Files below /sys/class/net follow the namespace that mounted them.
    ['mount', '-t', 'sysfs', 'netpeek-lab', '/sys'],
  ] as const)
    await system.processes.run({ argv: [...argv] });
  system.files.makeDirectory('/run/netns');
  system.files.makeDirectory('/run/lock');
}
