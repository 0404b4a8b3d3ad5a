/** Snapshot files: how one is opened, and how it answers in place of the machine. */
import { probes } from '../../probes/index.ts';
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { readSavedJson } from '../system/saved-text.ts';
import { gapExplains } from '../view/gaps.ts';
import { parseSnapshot } from '../view/json/parse-snapshot.ts';
import type { Look } from './take-snapshot.ts';

/** The snapshot in a file. Throws `UserError` with exit code 5 where the file is none. */
export async function openSnapshot(file: string): Promise<Snapshot> {
  return parseSnapshot(readSavedJson(file), file);
}

/** What the same look at the machine would have said: no gaps of tables that nobody asks for. */
export function narrowSnapshot(snapshot: Snapshot, { sections }: Pick<Look, 'sections'>): Snapshot {
  return { ...snapshot, gaps: snapshot.gaps.filter((gap) => !isOfOthers(gap, sections)) };
}

/** The gaps of one namespace that explain these sections. */
export function gapsOfSections(
  snapshot: Snapshot,
  namespace: string,
  sections: Look['sections'],
): readonly Gap[] {
  return snapshot.gaps.filter(
    (gap) => gap.namespace === namespace && sections.some((section) => gapExplains(gap, section)),
  );
}

function isOfOthers(gap: Gap, sections: Look['sections']): boolean {
  if (sections.some((section) => gapExplains(gap, section))) return false;
  return probes.some(({ name }) => !sections.includes(name) && gapExplains(gap, name));
}
