/** The tables that only the focus reads: kept while the wiring around them is read again. */
import { factsOf, type NamespaceFacts, SECTIONS, type Section, type WIRING } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';

/** What is read for the focus alone. */
type DetailSection = Exclude<Section, (typeof WIRING)[number]>;

export const DETAILS: readonly DetailSection[] = SECTIONS.filter(
  (name): name is DetailSection => name !== 'links' && name !== 'addresses',
);

export type Details = {
  readonly id: string;
  readonly facts: Pick<NamespaceFacts, DetailSection | 'nftables' | 'ipsets'>;
  readonly gaps: readonly Gap[];
};

/** What only the focus reads is kept when the wiring is read again, and so is why it could not be read. */
export function withDetails(snapshot: Snapshot, details: Details | undefined): Snapshot {
  // Of a namespace that is gone nothing is left to be said.
  if (!details || !findNamespace(snapshot, details.id)) return snapshot;
  const { id, facts, gaps } = details;
  const namespaces = snapshot.namespaces.map((one) => (one.id === id ? { ...one, ...facts } : one));
  const isKnown = (gap: Gap) =>
    snapshot.gaps.some(
      ({ probe, namespace, reason }) =>
        probe === gap.probe && namespace === gap.namespace && reason === gap.reason,
    );
  return { ...snapshot, namespaces, gaps: [...snapshot.gaps, ...gaps.filter((gap) => !isKnown(gap))] };
}

/** Without the tables that were read before: they are older, and the screen has them already. */
export function onlyRead(namespace: Namespace, read: readonly DetailSection[]): Namespace {
  const isIn = (sections: readonly DetailSection[], name: string) =>
    sections.flatMap(factsOf).some((fact) => fact === name);
  const isFresh = (name: string) => !isIn(DETAILS, name) || isIn(read, name);
  return Object.fromEntries(Object.entries(namespace).filter(([name]) => isFresh(name))) as Namespace;
}

export function pick(namespace: Namespace, names: readonly DetailSection[]): Details['facts'] {
  return Object.fromEntries(names.flatMap(factsOf).map((name) => [name, namespace[name]]));
}
