/** From a word of the user to exactly one namespace (and link), or a `UserError` that lists the choices. */
import { cleanName } from '../model/clean-text.ts';
import type { Gap } from '../model/gap.ts';
import type { Link } from '../model/link.ts';
import type { Namespace } from '../model/namespace.ts';
import { NETNS_DIRECTORY } from '../model/nsfs.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { matchTarget, parseTarget, type Target } from '../model/targets.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import type { Files } from '../system/system.ts';
import { nearestNames } from './nearest-names.ts';

export type FoundTarget = { readonly namespace: Namespace; readonly link?: Link };

/** Choices listed in a refusal; more would scroll the question away. */
const CHOICES_SHOWN = 12;

/** The one namespace, and the link in it if one was named. Throws `UserError` with exit code 3 for none or several. */
export function requireTarget(snapshot: Snapshot, text: string, files: Files): FoundTarget {
  // A name is typed as it is shown, escapes and all, or as it is.
  const [only, ...others] = [text, cleanName(text)]
    .map((name) => findNamed(snapshot, name, files))
    .reduce((asShown, asItIs) => (asShown.length > 0 ? asShown : asItIs));
  if (!only) throw noTarget(snapshot, text);
  if (others.length > 0) throw ambiguous(text, [only, ...others]);
  return only;
}

function findNamed(snapshot: Snapshot, text: string, files: Files): readonly FoundTarget[] {
  const found = parseTarget(text).flatMap((target) => findTarget(snapshot, throughInode(target, files)));
  return found.length > 0 ? found : findLinks(snapshot, text);
}

/** A pid or a path stands for the inode behind it, so that any process and any bind mount leads to its namespace. */
function throughInode(target: Target, files: Files): Target {
  try {
    if (target.scope === 'pid') {
      const inode = files.readLink(`/proc/${target.value}/ns/net`).slice('net:['.length, -1);
      return { ...target, scope: 'inode', value: inode };
    }
    if (target.scope === 'path')
      return { ...target, scope: 'inode', value: files.identify(target.value).inode };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'EACCES' || code === 'EPERM')
      throw new UserError(EXIT.notPermitted, `not allowed to look at ${target.text}`, 'run as root');
    // It is not there (any more): the target then matches by what the snapshot knows of it, or not at all.
  }
  return target;
}

function findTarget(snapshot: Snapshot, target: Target): readonly FoundTarget[] {
  const namespaces = matchTarget(target, snapshot.namespaces);
  if (target.link === undefined) return namespaces.map((namespace) => ({ namespace }));
  return namespaces.flatMap((namespace) =>
    (namespace.links ?? []).filter((link) => link.name === target.link).map((link) => ({ namespace, link })),
  );
}

function findLinks(snapshot: Snapshot, name: string): readonly FoundTarget[] {
  return snapshot.namespaces.flatMap((namespace) =>
    (namespace.links ?? []).filter((link) => link.name === name).map((link) => ({ namespace, link })),
  );
}

function ambiguous(text: string, found: readonly FoundTarget[]): UserError {
  const choices = found.map(({ namespace, link }) =>
    link ? `${namespace.name}/${link.name}` : `${namespace.name} (${qualified(namespace)})`,
  );
  return new UserError(
    EXIT.noTarget,
    `'${text}' names ${found.length} targets`,
    `choose one: ${listed(choices)}`,
  );
}

/** A way to write the namespace that nothing else answers to. */
function qualified(namespace: Namespace): string {
  return namespace.containers[0]
    ? `container:${namespace.containers[0].id.slice(0, 12)}`
    : `inode:${namespace.id}`;
}

/** What helps a container in a state other than stopped, and the engine's word for it. */
const ADVICE: Readonly<Record<string, readonly [string, string]>> = {
  paused: ['unpause it', 'unpause'],
  restarting: ['see why it ends', 'logs'],
  // One that was to be removed and could not be whole cannot be started any more.
  dead: ['remove it', 'rm --force'],
  removing: ['remove it', 'rm --force'],
};

function noTarget(snapshot: Snapshot, text: string): UserError {
  const stopped = snapshot.stoppedContainers.find(
    ({ name, id }) => name === text || (text.length > 1 && id.startsWith(text)),
  );
  if (stopped) {
    const unreached =
      snapshot.gaps.find((gap) => gap.probe === `container ${stopped.name}`) ??
      (stopped.state === 'running' ? snapshot.gaps.find((gap) => gap.probe === 'docker') : undefined);
    if (unreached)
      return new UserError(EXIT.notPermitted, `${stopped.name}: ${unreached.reason}`, unreached.needs);
    const engine = snapshot.engine?.name === 'Podman' ? 'podman' : 'docker';
    const advice = ADVICE[stopped.state] ?? ['start it', 'start'];
    return new UserError(
      EXIT.noTarget,
      `container ${stopped.name} is ${stopped.state} and has no network namespace`,
      `${advice[0]}: ${engine} ${advice[1]} ${stopped.name}`,
    );
  }
  const closed = findClosed(snapshot, text);
  if (closed) return new UserError(EXIT.notPermitted, closed.reason, closed.needs);
  const names = snapshot.namespaces.flatMap(({ names: all, links }) => [
    ...all,
    ...(links ?? []).map((link) => link.name),
  ]);
  const near = nearestNames(text, [...names, ...snapshot.stoppedContainers.map(({ name }) => name)]);
  const unseen = snapshot.gaps.find((gap) => gap.probe === 'docker');
  const advice =
    near.length > 0 ? `did you mean ${listed(near)}?` : (unseen?.needs ?? "'netpeek ls' lists them");
  return new UserError(
    EXIT.noTarget,
    `nothing here is called '${text}'${unseen ? ` (containers not seen: ${unseen.reason})` : ''}`,
    advice,
  );
}

/** The gap of a name of `ip netns` that is there and could not be opened. */
function findClosed({ gaps }: Snapshot, text: string): Gap | undefined {
  const probes = parseTarget(text).map(({ value }) => `netns ${value.replace(`${NETNS_DIRECTORY}/`, '')}`);
  return gaps.find(({ probe }) => probes.includes(probe));
}

function listed(choices: readonly string[]): string {
  const unique = [...new Set(choices)];
  const more = unique.length - CHOICES_SHOWN;
  return unique.slice(0, CHOICES_SHOWN).join(', ') + (more > 0 ? `, and ${more} more` : '');
}
