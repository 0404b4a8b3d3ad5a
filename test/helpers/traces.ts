/** What a lab could leave behind on the machine: for the tests that show that it does not. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export type Traces = {
  /** Processes, by the machine's pids, that still live in one of the lab's namespaces. */
  readonly processes: () => readonly number[];
  /** Everything else that is left: its directory, its cgroup. */
  readonly leftovers: () => readonly string[];
};

/** Notes what a living lab consists of, to be looked for after its end. */
export function tracesOf(lab: { readonly pid: number; readonly directory: string }): Traces {
  const kinds = ['net', 'mnt', 'pid', 'cgroup', 'uts'];
  const namespaces = kinds.map((kind) => readlinkSync(`/proc/${lab.pid}/ns/${kind}`));
  return {
    processes: () => {
      const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
      const isInside = (pid: string) => namespacesOf(pid).some((id) => namespaces.includes(id));
      return pids.filter((pid) => isInside(pid) && !isOfAnotherLab(pid, basename(lab.directory))).map(Number);
    },
    leftovers: () =>
      [lab.directory, ...cgroupsNamed(basename(lab.directory))].filter((path) => existsSync(path)),
  };
}

function namespacesOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/ns`).map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  } catch {
    // It has ended since it was listed.
    return [];
  }
}

/** A lab that begins as this one ends may be given the same inodes; each has a cgroup of its own name. */
function isOfAnotherLab(pid: string, name: string): boolean {
  try {
    const [other] = /netpeek-lab-\w+/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? [];
    return other !== undefined && other !== name;
  } catch {
    return false;
  }
}

/** Where the lab's cgroup would be, wherever this machine has its cgroup2 mounted. */
function cgroupsNamed(name: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const roots = mounts.filter((line) => line.includes(' - cgroup2 ')).map((line) => line.split(' ')[4] ?? '');
  return roots.map((root) => `${root}/${name}`);
}
