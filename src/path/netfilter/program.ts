/**
 * Netfilter rules in the one form that is evaluated, whichever tool wrote them: base chains in the kernel's order, rules
 * as steps from left to right. `compile-iptables.ts` and `nft/` make it, `evaluate-chain.ts` walks it.
 */
import type { Counters } from '../../model/firewall.ts';
import type { Ternary } from '../ternary.ts';
import type { Packet } from './packet.ts';
import type { Surroundings } from './surroundings.ts';

export type World = 'iptables-nft' | 'iptables-legacy' | 'nft';

export type HookName = 'ingress' | 'egress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** A rule as the user knows it. */
export type RuleRef = {
  /** Position in its chain, from 1. */
  readonly number: number;
  /** Of nftables only. */
  readonly handle?: number;
  /** In the user's own words, as iptables-save or nft prints it. */
  readonly text: string;
  readonly counters?: Counters;
};

/** An address or port range that a translation takes the new one from; a single one where first is last. */
export type NatRange<Of> = { readonly first: Of; readonly last: Of };

/** How a rule translates the connection. What it leaves out is not changed, or is the kernel's to choose. */
export type Rewrite = {
  readonly manip: 'source' | 'destination';
  /** `own`: an address of the leaving link (MASQUERADE) or of the arriving one (REDIRECT). */
  readonly address?: NatRange<string> | 'own' | 'unknown';
  readonly port?: NatRange<number> | 'unknown';
  /** The prefix of `address` replaces the packet's, host bits stay (NETMAP): its length. */
  readonly netmapLength?: number;
  /** A port is chosen at random even where the old one is free. */
  readonly random?: boolean;
};

export type Verdict =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'return' }
  | { readonly kind: 'continue' }
  /** `with` as the rule says it, such as `icmp-port-unreachable` or `tcp reset`. */
  | { readonly kind: 'reject'; readonly with: string }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'nat'; readonly rewrite: Rewrite }
  /** To a program (NFQUEUE); with `bypass`, accepted where none listens. Nobody here knows what it says. */
  | { readonly kind: 'queue'; readonly bypass: boolean }
  /** A target that nobody can follow: it may end the chain or not. */
  | { readonly kind: 'unknown' };

/** Whether a condition holds for the packet. */
export type Test = (packet: Packet, around: Surroundings) => Ternary;

export type Step =
  | { readonly kind: 'test'; readonly test: Test }
  /** Changes the packet, such as its mark, for the rules that follow. */
  | { readonly kind: 'change'; readonly change: (packet: Packet, around: Surroundings) => Packet }
  /** All verdicts that are possible; none of them, or `continue`, goes on with the next rule. */
  | {
      readonly kind: 'decide';
      readonly decide: (packet: Packet, around: Surroundings) => readonly Verdict[];
    };

export type RuleProgram = {
  readonly ref: RuleRef;
  /** Made when they are first asked for, and kept. */
  readonly steps: readonly Step[];
  /**
   * Whether its first condition surely fails. Most rules of a large ruleset fail there, for every packet: nothing is made
   * of them that would be kept.
   */
  readonly failsAtOnce?: (packet: Packet, around: Surroundings) => boolean;
};

export type ChainProgram = {
  readonly name: string;
  readonly rules: () => readonly RuleProgram[];
};

export type TableRef = {
  readonly world: World;
  /** `ip`, `ip6`, `inet`, `arp`, `bridge`, `netdev`. */
  readonly family: string;
  readonly table: string;
};

/** A chain that the kernel calls at a hook, and the chains of its table that it may jump to. */
export type BaseChain = TableRef & {
  readonly name: string;
  readonly hook: HookName;
  readonly priority: number;
  readonly type: 'filter' | 'nat' | 'route';
  readonly policy: 'accept' | 'drop' | 'unknown';
  readonly policyCounters?: Counters;
  /** Of nftables: a number that grows with each chain that is made in the table. */
  readonly handle?: number;
  /** Of ingress and egress: only packets of these links. */
  readonly devices?: readonly string[];
  readonly chains: ReadonlyMap<string, ChainProgram>;
};
