/**
 * What one base chain does to a packet. Conditions that are unknown leave several outcomes possible: all of them are
 * followed, with what the rules before have changed, and the answer is definite only where all agree.
 */
import { joinPackets } from './join.ts';
import type { Packet } from './packet.ts';
import type { BaseChain, ChainProgram, RuleProgram, RuleRef, TableRef, Verdict } from './program.ts';
import type { Surroundings } from './surroundings.ts';

/** How a base chain can end; a jump or a return is no end. */
export type FinalVerdict = Exclude<Verdict, { kind: 'jump' | 'goto' | 'return' | 'continue' }>;

/** What a chain does, and the rule, or the policy, that does it. */
export type Decision = TableRef & {
  readonly verdict: FinalVerdict;
  /** Where the deciding rule or policy stands. */
  readonly chain: string;
  /** Absent: the policy decided. */
  readonly rule?: RuleRef;
  /** The chains that were walked, from the base chain to the deciding one. */
  readonly via: readonly string[];
};

/** One possible end, and the packet as the rules have left it. */
export type Outcome = { readonly decision: Decision; readonly packet: Packet };

/** A rule that the packet met, and whether it matched. */
export type MetRule = { readonly chain: string; readonly rule: RuleRef; readonly matched: 'yes' | 'unknown' };

export type ChainResult = {
  /** At least one; the last is the surest. */
  readonly outcomes: readonly Outcome[];
  /** Rules of which it cannot be told whether they match, and that would matter. */
  readonly unknown: readonly string[];
  /** Rules that match, or may, in the order they are met. */
  readonly met: readonly MetRule[];
};

/** Chains nested deeper than this are not followed; the kernel's own limit for nf_tables is 16 (NFT_JUMP_STACK_SIZE). */
const DEEPEST_JUMP = 64;
/**
 * Rules that are looked at for one packet, and ends that are handed from chain to chain, before everything left is unknown:
 * chains may call each other many times. These take about half a second.
 */
const MOST_STEPS = 400_000;

/** Ends that differ, such as by the address of a translation, beyond which which of them it is is unknown anyway. */
const MOST_ENDS = 64;

/** A way out of a chain: decided, or (`decision` absent) at its end or by RETURN. */
type Exit = {
  readonly decision?: Omit<Decision, 'via'>;
  readonly packet: Packet;
  readonly via: readonly string[];
};

export function evaluateChain(base: BaseChain, packet: Packet, around: Surroundings): ChainResult {
  const entry = base.chains.get(base.name);
  const walk = new ChainWalk(base, around);
  const exits = entry ? walk.enter(entry, packet, 0) : [{ packet, via: [base.name] }];
  const outcomes = exits.map(({ decision, packet: left, via }): Outcome => {
    if (decision) return { decision: { ...decision, via }, packet: left };
    return {
      decision: { ...refOf(base), verdict: { kind: base.policy }, chain: base.name, via: [base.name] },
      packet: left,
    };
  });
  return { outcomes, unknown: [...walk.unknown], met: walk.met };
}

class ChainWalk {
  readonly unknown = new Set<string>();
  readonly met: MetRule[] = [];
  private looked = 0;
  private readonly base: BaseChain;
  private readonly around: Surroundings;

  constructor(base: BaseChain, around: Surroundings) {
    this.base = base;
    this.around = around;
  }

  /** All ways out of a chain for a packet that enters it. */
  enter(chain: ChainProgram, entering: Packet, depth: number): readonly Exit[] {
    const exits: Exit[] = [];
    let packet = entering;
    for (const rule of chain.rules()) {
      this.looked += 1;
      if (this.looked > MOST_STEPS)
        return [...exits, this.decide(chain, { kind: 'unknown' }, packet, rule.ref)];
      if (rule.failsAtOnce?.(packet, this.around)) continue;
      const next = this.meet(chain, rule, packet, depth, exits);
      if (!next) return oneEach(exits);
      packet = next;
    }
    exits.push({ packet, via: [chain.name] });
    return oneEach(exits);
  }

  /** The packet as it goes on to the next rule; undefined where it surely does not. */
  private meet(
    chain: ChainProgram,
    { ref, steps }: RuleProgram,
    before: Packet,
    depth: number,
    exits: Exit[],
  ): Packet | undefined {
    let sure = true;
    let packet = before;
    for (const step of steps) {
      if (step.kind === 'test') {
        const holds = step.test(packet, this.around);
        if (holds === 'no') return sure ? packet : joinPackets(before, packet);
        if (holds === 'unknown') sure = false;
      } else if (step.kind === 'change') {
        packet = step.change(packet, this.around);
      } else {
        return this.conclude(
          chain,
          ref,
          { before, packet, sure },
          step.decide(packet, this.around),
          depth,
          exits,
        );
      }
    }
    this.note(chain, ref, sure);
    return sure ? packet : joinPackets(before, packet);
  }

  private conclude(
    chain: ChainProgram,
    ref: RuleRef,
    { before, packet, sure }: { readonly before: Packet; readonly packet: Packet; readonly sure: boolean },
    verdicts: readonly Verdict[],
    depth: number,
    exits: Exit[],
  ): Packet | undefined {
    const onward: Packet[] = sure ? [] : [before];
    let matters = false;
    this.note(chain, ref, sure && verdicts.length < 2);
    this.looked += Math.max(verdicts.length - 1, 0);
    for (const verdict of verdicts) {
      if (verdict.kind === 'continue') {
        onward.push(packet);
        continue;
      }
      matters = true;
      if (verdict.kind === 'return') exits.push({ packet, via: [chain.name] });
      else if (verdict.kind === 'jump' || verdict.kind === 'goto') {
        const called = depth < DEEPEST_JUMP ? this.base.chains.get(verdict.chain) : undefined;
        if (!called) {
          exits.push(this.decide(chain, { kind: 'unknown' }, packet, ref));
          onward.push(packet);
          continue;
        }
        for (const exit of this.enter(called, packet, depth + 1)) {
          this.looked += 1;
          if (exit.decision || verdict.kind === 'goto')
            exits.push({ ...exit, via: [chain.name, ...exit.via] });
          else onward.push(exit.packet);
        }
      } else {
        exits.push(this.decide(chain, verdict, packet, ref));
        if (verdict.kind === 'unknown') onward.push(packet);
      }
    }
    if (matters && (!sure || verdicts.length > 1 || verdicts.some(({ kind }) => kind === 'unknown')))
      this.unknown.add(ref.text);
    return onward.length > 0 ? onward.reduce(joinPackets) : undefined;
  }

  private note(chain: ChainProgram, rule: RuleRef, sure: boolean): void {
    this.met.push({ chain: chain.name, rule, matched: sure ? 'yes' : 'unknown' });
  }

  private decide(chain: ChainProgram, verdict: FinalVerdict, packet: Packet, rule: RuleRef): Exit {
    return { decision: { ...refOf(this.base), verdict, chain: chain.name, rule }, packet, via: [chain.name] };
  }
}

function refOf({ world, family, table }: TableRef): TableRef {
  return { world, family, table };
}

/** One way out for each verdict, the last, which is the surest, of each kind; with a packet that may be any of theirs. */
function oneEach(exits: readonly Exit[]): readonly Exit[] {
  if (exits.length < 2) return exits;
  const byVerdict = new Map<string, Exit>();
  for (const exit of exits) {
    const key = exit.decision ? JSON.stringify(exit.decision.verdict) : 'end';
    const earlier = byVerdict.get(key);
    byVerdict.delete(key);
    byVerdict.set(key, earlier ? { ...exit, packet: joinPackets(earlier.packet, exit.packet) } : exit);
  }
  const ends = [...byVerdict.values()];
  return ends.length > MOST_ENDS ? withoutDetails(ends) : ends;
}

/** The end of the chain, where it is one of them, and one unknown decision for all others. */
function withoutDetails(ends: readonly Exit[]): readonly Exit[] {
  const undecided = ends.filter(({ decision }) => !decision);
  const decided = ends.filter(({ decision }) => decision);
  const last = decided.at(-1);
  if (!last?.decision) return undecided;
  const packet = decided.map((end) => end.packet).reduce(joinPackets);
  return [...undecided, { ...last, decision: { ...last.decision, verdict: { kind: 'unknown' } }, packet }];
}
