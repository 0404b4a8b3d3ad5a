/** A name as typed into the screen, as one namespace of the snapshot that it shows. */
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchTarget, parseTarget } from '../model/targets.ts';
import { EXIT, UserError } from '../model/user-error.ts';

/** Throws `UserError` where the word names none, or several. */
export function findTarget(snapshot: Snapshot, text: string): Namespace {
  const found = parseTarget(text)
    .filter(({ link }) => link === undefined)
    .flatMap((target) => matchTarget(target, snapshot.namespaces));
  const [only, ...others] = new Set(found);
  if (!only) throw new UserError(EXIT.noTarget, `nothing here is called '${text}'`);
  if (others.length === 0) return only;
  const names = [only, ...others].map(({ name, id }) => `${name} (inode:${id})`);
  throw new UserError(
    EXIT.noTarget,
    `'${text}' names ${names.length} targets`,
    `choose one: ${names.join(', ')}`,
  );
}
