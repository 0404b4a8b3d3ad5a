/** Which namespace a word of the user means: container names, id prefixes, compose services, `pid:N`, … */
import type { Container } from './container.ts';
import type { NamespaceKind } from './namespace.ts';
import { NETNS_DIRECTORY } from './nsfs.ts';

/** What is needed of a namespace to tell whether a word means it. A `Namespace` fits. */
export type Nameable = {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: NamespaceKind;
  readonly paths: readonly string[];
  readonly pids: readonly number[];
  readonly containers: readonly Container[];
};

/** A target as written: `web`, `web/eth0`, `container:web`, `netns:blue`, `pid:12`, `inode:4026532000`, `/run/netns/blue`. */
export type Target = {
  readonly text: string;
  readonly scope: 'any' | 'container' | 'netns' | 'pid' | 'inode' | 'path';
  readonly value: string;
  /** After a slash; absent when the whole namespace is meant. */
  readonly link?: string;
};

const PREFIX = /^(container|netns|pid|inode):(.+)$/;

/**
 * The ways to read what the user wrote, most literal first: a slash may be part of a compose name
 * (`project/service`) or divide a namespace from its link (`web/eth0`), so both readings are returned.
 */
export function parseTarget(text: string): readonly Target[] {
  if (text.startsWith('/')) return [{ text, scope: 'path', value: text }];
  const [, prefix, rest] = PREFIX.exec(text) ?? [];
  const scope = (prefix as Target['scope'] | undefined) ?? 'any';
  const value = rest ?? text;
  const whole: Target = { text, scope, value };
  const slash = value.lastIndexOf('/');
  if (slash <= 0 || slash === value.length - 1) return [whole];
  return [whole, { text, scope, value: value.slice(0, slash), link: value.slice(slash + 1) }];
}

/** All entries that the target names. An exact name wins over an id prefix; the caller refuses several. */
export function matchTarget<T extends Nameable>(target: Target, entries: readonly T[]): readonly T[] {
  const exact = entries.filter((entry) => isExact(target, entry));
  if (exact.length > 0 || (target.scope !== 'any' && target.scope !== 'container')) return exact;
  return entries.filter((entry) => hasIdPrefix(target.value, entry));
}

function isExact(target: Target, entry: Nameable): boolean {
  switch (target.scope) {
    case 'inode':
      return entry.id === target.value;
    case 'pid':
      return entry.pids.includes(Number(target.value));
    case 'path':
      return entry.paths.includes(target.value);
    case 'netns':
      return entry.paths.includes(`${NETNS_DIRECTORY}/${target.value}`);
    case 'container':
      return entry.containers.some((container) => namesContainer(target.value, container));
    case 'any':
      return (
        (target.value === 'host' && entry.kind === 'host') ||
        entry.names.includes(target.value) ||
        entry.containers.some((container) => namesContainer(target.value, container))
      );
  }
}

function namesContainer(word: string, container: Container): boolean {
  const { compose } = container;
  return (
    word === container.name ||
    word === container.id ||
    (compose !== undefined && (word === compose.service || word === `${compose.project}/${compose.service}`))
  );
}

/** Characters an id prefix needs at least; `docker` takes one, but a wrong container is worse than a longer word. */
const SHORTEST_ID_PREFIX = 2;

function hasIdPrefix(word: string, entry: Nameable): boolean {
  if (word.length < SHORTEST_ID_PREFIX || !/^[0-9a-f]+$/.test(word)) return false;
  return entry.containers.some((container) => container.id.startsWith(word));
}
