/** Where netpeek runs, and what a killed one may have left. */
import { ownerName } from '../../live/attach.ts';
import { findPrunable } from '../../live/prune.ts';
import type { Files } from '../../system/system.ts';
import { formatPlural } from '../../view/format.ts';
import { attempt, type Examination, readOrNothing } from './examination.ts';

/** PROC_PID_INIT_INO of linux/proc_ns.h: the inode of the machine's own pid namespace. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';
const TRACING = '/sys/kernel/tracing/events/skb/kfree_skb';

export const examineSurroundings: Examination = (system) => {
  const { files } = system;
  const pidNamespace = attempt(() => files.readLink('/proc/self/ns/pid'));
  const isNested = 'answer' in pidNamespace && pidNamespace.answer !== FIRST_PID_NAMESPACE;
  const isContainer = ['/.dockerenv', '/run/.containerenv'].some((path) => exists(files, path));
  // Version 1 numbers its hierarchies from 1; version 2 is the one of number 0 (cgroups(7)).
  const isFirstVersion = /^[1-9]/m.test(readOrNothing(system, '/proc/self/cgroup') ?? '');
  return [
    isNested
      ? {
          name: 'surroundings',
          state: 'warn',
          detail: `${isContainer ? 'a container' : 'a pid namespace of its own'}: processes outside are not seen`,
          advice: 'run on the host, or with --pid host --network host --privileged',
        }
      : { name: 'surroundings', state: 'ok', detail: 'the machine itself' },
    { name: 'cgroups', state: 'ok', detail: isFirstVersion ? 'version 1' : 'version 2' },
    exists(files, TRACING)
      ? { name: 'tracefs', state: 'ok', detail: 'drop reasons can be read' }
      : {
          name: 'tracefs',
          state: 'warn',
          detail: 'no drop reasons: the skb:kfree_skb event is not there',
          advice: 'mount -t tracefs tracefs /sys/kernel/tracing (as root)',
        },
  ];
};

/** Looks, and takes nothing away: captures end with the next netpeek that captures, names with `netns prune`. */
export const examineLeftovers: Examination = (system) => {
  const captures = findOrphanedCaptures(system.files);
  const names = findPrunable(system).map(({ note }) => note.name);
  if (captures.length === 0 && names.length === 0)
    return [{ name: 'leftovers', state: 'ok', detail: 'none of an earlier netpeek' }];
  const said = [
    ...(captures.length > 0
      ? [`${formatPlural(captures.length, 'capture')} without an owner (pid ${captures.join(', ')})`]
      : []),
    ...(names.length > 0 ? [`names that hold nothing: ${names.join(', ')}`] : []),
  ];
  const advice = [
    ...(captures.length > 0 ? [`kill ${captures.join(' ')}`] : []),
    ...(names.length > 0 ? ['netpeek netns prune'] : []),
  ];
  return [{ name: 'leftovers', state: 'warn', detail: said.join('; '), advice: advice.join('; ') }];
};

/** What `system/orphans.ts` would end: tcpdump with a tag of an owner that is gone. */
function findOrphanedCaptures(files: Files): readonly number[] {
  const read = (path: string): string => {
    const text = attempt(() => files.readText(path));
    return 'answer' in text ? text.answer : '';
  };
  return files
    .list('/proc')
    .filter((entry) => /^\d+$/.test(entry) && read(`/proc/${entry}/comm`) === 'tcpdump\n')
    .filter((entry) => {
      const [, owner] = /(?:^|\0)NETPEEK_OWNER=([^\0]*)/.exec(read(`/proc/${entry}/environ`)) ?? [];
      return owner !== undefined && ownerName(files, Number(owner.split(':')[0])) !== owner;
    })
    .map(Number);
}

function exists(files: Files, path: string): boolean {
  return 'answer' in attempt(() => files.identify(path));
}
