/**
 * tcpdump outlives a parent that is killed (it drops its rights, which clears a parent-death signal; prctl(2)).
 * So what netpeek starts carries its owner in its environment, and the next netpeek ends what has lost its owner.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TAG = 'NETPEEK_OWNER';

/** The environment entry that marks a program as started by this process. */
export function ownerTag(): Record<string, string> {
  return { [TAG]: `${process.pid}:${startTime('self')}` };
}

/** Sends SIGTERM to tcpdump processes whose owner is gone, or is this process; returns their pids. What cannot be read is left alone. */
export function sweep(whose: 'orphans' | 'own' = 'orphans'): readonly number[] {
  const own = ownerTag()[TAG];
  const pids = readdirSync('/proc').filter((entry) => {
    const owner = /^\d+$/.test(entry) ? findOwner(entry) : undefined;
    if (owner === undefined) return false;
    const [pid = '', started] = owner.split(':');
    return whose === 'own' ? owner === own : startTime(pid) !== started;
  });
  return pids.map(Number).filter(signal);
}

/** The tag of a tcpdump that a netpeek started. */
function findOwner(pid: string): string | undefined {
  if (read(`/proc/${pid}/comm`) !== 'tcpdump\n') return undefined;
  const entries = read(`/proc/${pid}/environ`).split('\0');
  return entries.find((entry) => entry.startsWith(`${TAG}=`))?.slice(TAG.length + 1);
}

/** False where it has ended since it was listed. */
function signal(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)), which with the pid names a process for good; empty when it is gone. */
function startTime(pid: string): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
