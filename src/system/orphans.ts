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

/** Sends SIGTERM to tcpdump processes whose owner is gone, and returns their pids. What cannot be read is left alone. */
export function sweepOrphans(): readonly number[] {
  const orphans = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isOrphan(entry))
    .map(Number);
  for (const pid of orphans) process.kill(pid, 'SIGTERM');
  return orphans;
}

function isOrphan(pid: string): boolean {
  if (read(`/proc/${pid}/comm`) !== 'tcpdump\n') return false;
  const tag = read(`/proc/${pid}/environ`)
    .split('\0')
    .find((entry) => entry.startsWith(`${TAG}=`));
  if (!tag) return false;
  const [owner, started] = tag.slice(TAG.length + 1).split(':');
  return startTime(owner ?? '') !== started;
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
