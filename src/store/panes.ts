/** The panes on the right, in the order of their keys, and the facts that each one needs fresh. */
import type { Section } from './messages.ts';

export type PaneId = 'links' | 'routes' | 'neighbours' | 'nat' | 'diagnosis';

export type Pane = {
  readonly id: PaneId;
  readonly title: string;
  /** For narrow terminals. */
  readonly shortTitle: string;
  readonly sections: readonly Section[];
  /** The section whose age the pane shows. */
  readonly shows: Section;
};

/** Links and their addresses stay fresh under every pane: the wiring line and the rates need them. */
const ALWAYS: readonly Section[] = ['links', 'addresses'];

export const PANES: readonly Pane[] = [
  { id: 'links', title: 'Links', shortTitle: 'Links', sections: ALWAYS, shows: 'links' },
  { id: 'routes', title: 'Routes', shortTitle: 'Routes', sections: [...ALWAYS, 'routes'], shows: 'routes' },
  {
    id: 'neighbours',
    title: 'Neighbours',
    shortTitle: 'Neigh',
    sections: [...ALWAYS, 'neighbours'],
    shows: 'neighbours',
  },
  { id: 'nat', title: 'NAT', shortTitle: 'NAT', sections: [...ALWAYS, 'rulesets'], shows: 'rulesets' },
  { id: 'diagnosis', title: 'Diagnosis', shortTitle: 'Diag', sections: ALWAYS, shows: 'links' },
];

export function findPane(id: PaneId): Pane {
  const pane = PANES.find((candidate) => candidate.id === id);
  if (pane === undefined) throw new Error(`no pane ${id}`);
  return pane;
}
