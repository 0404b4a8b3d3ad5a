/** Names that netpeek attached and that nobody needs any more: what they stood for is gone. */
import { readProcessNamespaces } from '../../probes/netns-list.ts';
import { NETNS_DIRECTORY } from '../model/nsfs.ts';
import type { Files, System } from '../system/system.ts';
import { type Attached, detach, listAttached, ownerName } from './attach.ts';

export type Prunable = {
  readonly note: Attached;
  /** `unmounted`: only the note is left. `empty`: no process is in the namespace, the name alone keeps it. */
  readonly why: 'unmounted' | 'empty';
};

/** The names that may go. One that a running netpeek attached for its own lifetime is left to it. */
export function findPrunable({ files }: System): readonly Prunable[] {
  const notes = listAttached(files).filter(
    ({ owner }) => owner === undefined || ownerName(files, Number(owner.split(':')[0])) !== owner,
  );
  if (notes.length === 0) return [];
  const { pidsByInode } = readProcessNamespaces(files);
  const ours = new Set(listAttached(files).map(({ name }) => name));
  const foreign = inodesOfOtherNames(files, ours);
  return notes.flatMap((note): readonly Prunable[] => {
    if (inodeOf(files, note.name) !== note.inode) return [{ note, why: 'unmounted' }];
    return pidsByInode.has(note.inode) || foreign.has(note.inode) ? [] : [{ note, why: 'empty' }];
  });
}

/** Takes them away. Throws `UserError` where that is not allowed. */
export function prune(system: System): readonly Prunable[] {
  const prunable = findPrunable(system);
  for (const { note } of prunable) detach(system, note.name);
  return prunable;
}

/** Namespaces that somebody else named as well: they are wanted. */
function inodesOfOtherNames(files: Files, ours: ReadonlySet<string>): ReadonlySet<string> {
  const names = listOrNothing(files).filter((name) => !ours.has(name));
  return new Set(names.flatMap((name) => inodeOf(files, name) ?? []));
}

function inodeOf(files: Files, name: string): string | undefined {
  try {
    return files.identify(`${NETNS_DIRECTORY}/${name}`).inode;
  } catch {
    return undefined;
  }
}

function listOrNothing(files: Files): readonly string[] {
  try {
    return files.list(NETNS_DIRECTORY);
  } catch {
    return [];
  }
}
