/** A way that the first round looks at, and what it says of those that it cannot. */
import type { LeftOut, WayKind } from '../../model/first-round.ts';
import type { FlowRequest } from '../../path/trace-flow.ts';

export type PlannedWay = {
  readonly kind: WayKind;
  /** In words. */
  readonly about: string;
  readonly request: FlowRequest;
};

export type Plan = {
  readonly ways: readonly PlannedWay[];
  readonly leftOut: readonly LeftOut[];
  /** Ids of namespaces whose tables are needed to know which ways there are. */
  readonly wanted: readonly string[];
};
