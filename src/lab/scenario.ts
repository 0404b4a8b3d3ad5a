/** A practice network as data: the commands that build it, in the words a person would type, and its faults. */

/** Runs in the namespace of that name; `host` is the lab's own host. */
export type Step = { readonly in: string; readonly run: string };

/** Something that lives in the network while it is shown. */
export type Actor =
  /** Answers TCP connections with a short text. */
  | { readonly kind: 'serve'; readonly in: string; readonly port: number }
  /** Connects again and again. */
  | {
      readonly kind: 'visit';
      readonly in: string;
      readonly address: string;
      readonly port: number;
      readonly everyMs: number;
    };

export type Fault = {
  readonly name: string;
  /** The id that diagnosis gives to it. */
  readonly cause: string;
  readonly title: string;
  readonly inject: readonly Step[];
  readonly mend: readonly Step[];
};

export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** What there is to see, for a student: one sentence each. */
  readonly story: readonly string[];
  /** The machines and containers of the network, besides its host. */
  readonly namespaces: readonly string[];
  readonly steps: readonly Step[];
  readonly actors: readonly Actor[];
  /** The flow that works, and that each fault breaks. */
  readonly flow: { readonly from: string; readonly to: string };
  readonly faults: readonly Fault[];
};
