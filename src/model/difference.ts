/** One thing that differs between two snapshots. */

export type DifferenceKind =
  | 'container'
  | 'network'
  | 'namespace'
  | 'link'
  | 'address'
  | 'route'
  | 'neighbour'
  | 'chain'
  | 'rule'
  | 'sysctl'
  | 'policy-rule'
  | 'fdb'
  | 'tc'
  | 'socket'
  | 'resolver';

/** A value as text; null where there is none. */
export type FieldChange = {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
};

export type Difference = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: DifferenceKind;
  /** The namespace's name; absent for what belongs to none. */
  readonly namespace?: string;
  /** The link's name, where it is about one. */
  readonly link?: string;
  /** What it is, such as `10.0.0.2/24`, `default table main`, a rule's text. */
  readonly what: string;
  /** Only of what was changed. */
  readonly fields: readonly FieldChange[];
};

/** Two snapshots compared. */
export type Comparison = {
  readonly differences: readonly Difference[];
  /** Tables that one of the two has not read, such as `web routes`. */
  readonly notCompared: readonly string[];
  /** Tables of which one of the two holds only a part, such as `router routes`: what only one of them shows is not told. */
  readonly comparedInPart: readonly string[];
};
