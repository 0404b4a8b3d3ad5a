import type { Container } from '../model/container.ts';
import type { NamespaceKind } from '../model/namespace.ts';

/** A place where a namespace can be reached, and what is known of it before it is opened. */
export type Place = {
  /** The nsfs file to open. */
  readonly path: string;
  readonly kind: NamespaceKind;
  readonly name: string;
  /** The container it was found through, and how to make sure of it. */
  readonly container?: Container;
  /** The inode as listed, where it is known: a namespace that is open already need not be opened once more. */
  readonly inode?: string;
};

/** The order in which kinds give a namespace its name and kind, when several places lead to it. */
export const KIND_RANK: readonly NamespaceKind[] = ['host', 'container', 'named', 'process', 'hidden'];
