/** Rules of nftables itself, as `nft -j list table` prints them (libnftables-json(5)), for one namespace. */
import type { Counters } from './firewall.ts';

export type NftFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

export type NftHook = 'ingress' | 'egress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** What makes a chain a base chain: the kernel calls it at a hook. */
export type NftBase = {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: NftHook;
  /** Chains of one hook are asked in this order, the lowest first. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** Of ingress and egress: the links it is bound to; safe to print. */
  readonly devices: readonly string[];
};

export type NftRule = {
  /** Position in its chain, from 1. */
  readonly number: number;
  readonly handle: number;
  /** As `nft list` prints it, without the handle; safe to print. */
  readonly text: string;
  readonly comment?: string;
  /** Of its own anonymous counter; absent without one: such a rule counts nothing. */
  readonly counters?: Counters;
  readonly statements: readonly NftStatement[];
};

export type NftChain = {
  readonly name: string;
  readonly handle: number;
  readonly base?: NftBase;
  readonly rules: readonly NftRule[];
};

/** A named set or map. */
export type NftSet = {
  readonly name: string;
  readonly kind: 'set' | 'map';
  /** `ipv4_addr`, `inet_service`, …; several of a concatenation. */
  readonly keyTypes: readonly string[];
  /** Of a map: the type of its values, `verdict` of a verdict map. */
  readonly valueType?: string;
  /** constant, interval, timeout, dynamic. */
  readonly flags: readonly string[];
  readonly elements: readonly NftElement[];
  /** How many elements there are, where not all were kept. */
  readonly total?: number;
  /** How many it can hold at most; rules that add to a full set do not match. */
  readonly size?: number;
  /** Its elements carry a limit, a quota or the like: being in it is not enough. */
  readonly metered?: boolean;
};

export type NftElement = { readonly key: NftExpression; readonly value?: NftExpression | NftVerdict };

/** A named counter, quota, limit, ct helper, …: `value` is what it counts, where it counts. */
export type NftObject = {
  readonly kind: string;
  readonly name: string;
  readonly counters?: Counters;
};

export type NftFlowtable = {
  readonly name: string;
  readonly priority: number;
  readonly devices: readonly string[];
};

export type NftTable = {
  readonly family: NftFamily;
  readonly name: string;
  readonly handle: number;
  /** `dormant`: none of its chains is asked; `owner`, `persist`. */
  readonly flags: readonly string[];
  readonly chains: readonly NftChain[];
  readonly sets: readonly NftSet[];
  readonly objects: readonly NftObject[];
  readonly flowtables: readonly NftFlowtable[];
  /** What was not understood, kept as it is; it may hold anything. */
  readonly unparsed: readonly string[];
};

export type NftVerdict =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** One part of a rule; they take effect from left to right. */
export type NftStatement =
  | {
      readonly kind: 'match';
      /**
       * `in`: of the bits on the right, at least one is set (`tcp flags syn`, `ct state new`); `!`: none of them is
       * (`tcp flags ! syn,rst`).
       */
      readonly op: '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '!';
      readonly left: NftExpression;
      readonly right: NftExpression;
    }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict }
  | { readonly kind: 'vmap'; readonly key: NftExpression; readonly data: NftExpression }
  /** `meta mark set …`, `ct mark set …`, `ip dscp set …`. */
  | { readonly kind: 'mangle'; readonly key: NftExpression; readonly value: NftExpression }
  | {
      readonly kind: 'nat';
      readonly how: 'snat' | 'dnat' | 'masquerade' | 'redirect';
      readonly family?: 'ip' | 'ip6';
      readonly address?: NftExpression;
      readonly port?: NftExpression;
      /** random, fully-random, persistent, netmap. */
      readonly flags: readonly string[];
    }
  /** `with` in nft's words: `tcp reset`, `icmpx admin-prohibited`. */
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'queue'; readonly bypass: boolean }
  | { readonly kind: 'notrack' }
  /** Holds or fails by the rate, the amount, or the number of connections so far: `limit`, `quota`, `ct count`. */
  | { readonly kind: 'metered'; readonly name: string }
  /** Takes the packet on a way of its own, or may: `tproxy`, `synproxy`, `fwd`. */
  | { readonly kind: 'divert'; readonly name: string }
  /** `add @set { … }`; `metered`: with a limit or the like for each element, by which the rule goes on or not. */
  | {
      readonly kind: 'update';
      readonly op: 'add' | 'update' | 'delete';
      readonly set: string;
      readonly key: NftExpression;
      readonly metered: boolean;
    }
  /**
   * Changes nothing that a later rule or the packet's way depends on: `counter`, `log`, `dup`, `flow add`. `object` is the
   * name of the table's own that it uses (`counter name x`).
   */
  | { readonly kind: 'passing'; readonly name: string; readonly object?: string }
  /** Not understood; its JSON. */
  | { readonly kind: 'verbatim'; readonly json: string };

/** A value, or where one comes from. */
export type NftExpression =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'meta'; readonly key: string }
  | { readonly kind: 'payload'; readonly protocol: string; readonly field: string }
  | {
      readonly kind: 'ct';
      readonly key: string;
      readonly family?: 'ip' | 'ip6';
      readonly direction?: 'original' | 'reply';
    }
  | { readonly kind: 'fib'; readonly result: string; readonly flags: readonly string[] }
  | { readonly kind: 'prefix'; readonly address: string; readonly length: number }
  | { readonly kind: 'range'; readonly first: NftExpression; readonly last: NftExpression }
  /** An anonymous set, or the elements of an anonymous map. */
  | { readonly kind: 'set'; readonly elements: readonly NftElement[] }
  /** A named set or map, without its `@`. */
  | { readonly kind: 'set-name'; readonly name: string }
  | { readonly kind: 'list'; readonly parts: readonly NftExpression[] }
  | { readonly kind: 'concat'; readonly parts: readonly NftExpression[] }
  | {
      readonly kind: 'binary';
      readonly op: '&' | '|' | '^' | '<<' | '>>';
      readonly left: NftExpression;
      readonly right: NftExpression;
    }
  | { readonly kind: 'map'; readonly key: NftExpression; readonly data: NftExpression }
  /** A number that nobody can foresee, from `offset` on, of `modulus` many: `numgen`, `jhash`, `symhash`. */
  | { readonly kind: 'choice'; readonly modulus: number; readonly offset: number }
  /** `rt`, `socket`, `osf`, `tcp option`, …: not evaluated; its JSON. */
  | { readonly kind: 'verbatim'; readonly json: string };
