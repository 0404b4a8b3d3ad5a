/** One rule of nftables as steps: its statements from left to right (nft_do_chain() in net/netfilter/nf_tables_core.c). */
import type { NftElement, NftRule, NftStatement } from '../../../model/nftables.ts';
import { ternary } from '../../ternary.ts';
import { type Packet, PROTOCOL } from '../packet.ts';
import type { RuleProgram, RuleRef, Step, Test, Verdict } from '../program.ts';
import type { Surroundings } from '../surroundings.ts';
import { compileAssignment } from './assign.ts';
import { compileFind, isVerdict } from './evaluate.ts';
import { compileMatch } from './match.ts';
import { eitherReading, mayBeMerged } from './merged-inequalities.ts';
import { compileSubjects, type TableContext } from './subject.ts';
import { compileNat } from './translate.ts';

export function compileRule(rule: NftRule, context: TableContext): RuleProgram {
  return new LazyRule(rule, context);
}

class LazyRule implements RuleProgram {
  private readonly rule: NftRule;
  private readonly context: TableContext;
  private made: readonly Step[] | undefined;
  /** Kept from the second packet on: one flow meets most rules once, and a round over all flows each of them often. */
  private first: Test | undefined;
  private isMet = false;

  constructor(rule: NftRule, context: TableContext) {
    this.rule = rule;
    this.context = context;
  }

  get ref(): RuleRef {
    const { number, handle, text, counters } = this.rule;
    return { number, handle, text, ...(counters ? { counters } : {}) };
  }

  get steps(): readonly Step[] {
    this.made ??= compileStatements(this.rule.statements, this.context);
    return this.made;
  }

  failsAtOnce(packet: Packet, around: Surroundings): boolean {
    if (this.first) return this.first(packet, around) === 'no';
    const [first, second] = this.rule.statements;
    if (first?.kind !== 'match' || mayBeMerged(first, second)) return false;
    const test = compileMatch(first, this.context);
    if (this.isMet) this.first = test;
    this.isMet = true;
    return test(packet, around) === 'no';
  }
}

function compileStatements(statements: readonly NftStatement[], context: TableContext): readonly Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < statements.length; index += 1) {
    const [statement, next] = statements.slice(index, index + 2);
    if (!statement) break;
    if (statement.kind === 'match' && next?.kind === 'match' && mayBeMerged(statement, next)) {
      const test = eitherReading(compileMatch(statement, context), compileMatch(next, context));
      steps.push({ kind: 'test', test });
      index += 1;
    } else steps.push(...compileStatement(statement, context, index === statements.length - 1));
  }
  return steps;
}

const unknowable: Step = { kind: 'test', test: () => 'unknown' };

function decide(...verdicts: readonly Verdict[]): Step {
  return { kind: 'decide', decide: () => verdicts };
}

function compileStatement(statement: NftStatement, context: TableContext, isLast: boolean): readonly Step[] {
  switch (statement.kind) {
    case 'match':
      return [{ kind: 'test', test: compileMatch(statement, context) }];
    case 'verdict':
      return statement.verdict.kind === 'continue' && !isLast ? [] : [decide(statement.verdict)];
    case 'vmap':
      return compileVerdictMap(statement, context, isLast);
    case 'mangle':
      return compileAssignment(statement.key, statement.value, context);
    case 'nat':
      return compileNat(statement, context);
    case 'reject':
      return compileReject(statement.with);
    case 'queue':
      return [decide({ kind: 'queue', bypass: statement.bypass })];
    case 'notrack':
      return [{ kind: 'change', change: untrack }];
    case 'metered':
      return [unknowable];
    case 'divert':
      return compileDivert(statement.name);
    case 'update':
      return compileUpdate(statement, context);
    case 'passing':
      return [];
    case 'verbatim':
      return [decide({ kind: 'unknown' })];
  }
}

/** A key that is not in the map ends the rule, as does one that the packet has not. */
function compileVerdictMap(
  { key, data }: Extract<NftStatement, { kind: 'vmap' }>,
  context: TableContext,
  isLast: boolean,
): readonly Step[] {
  const find = compileFind(key, data, context);
  const holds: Test = (packet, around) => {
    const found = find(packet, around);
    if (!found.includes('miss')) return ternary(found.length > 0);
    return found.length > 1 ? 'unknown' : 'no';
  };
  return [
    { kind: 'test', test: holds },
    {
      kind: 'decide',
      decide: (packet, around) => {
        const found = find(packet, around).filter((value) => value !== 'miss');
        return distinct(found.map((value) => verdictOf(value, isLast)));
      },
    },
  ];
}

/** `continue` goes on with what follows in the rule; steps cannot, so that it is unknown where something does. */
function verdictOf(value: NftElement['value'], isLast: boolean): Verdict {
  if (value === undefined || !isVerdict(value)) return { kind: 'unknown' };
  return value.kind === 'continue' && !isLast ? { kind: 'unknown' } : value;
}

function distinct(verdicts: readonly Verdict[]): readonly Verdict[] {
  return [...new Map(verdicts.map((verdict) => [JSON.stringify(verdict), verdict])).values()];
}

/** nft leaves out, when it lists the rule, the test for the family or the protocol that the answer is of. */
function compileReject(answer: string): readonly Step[] {
  const [kind] = answer.split(' ');
  const isMeant: Test = ({ family, protocol }) => {
    if (kind === 'icmp') return family === 'ipv4' ? 'yes' : 'no';
    if (kind === 'icmpv6') return family === 'ipv6' ? 'yes' : 'no';
    return kind === 'tcp' && protocol !== PROTOCOL.tcp ? 'no' : 'yes';
  };
  return [{ kind: 'test', test: isMeant }, decide({ kind: 'reject', with: answer })];
}

/** Only what connection tracking has not looked at yet; a packet that has no connection for another reason as well. */
function untrack(packet: Packet): Packet {
  const { state } = packet.connection;
  if (state === 'new' || state === 'established' || state === 'related') return packet;
  return {
    ...packet,
    connection: { ...packet.connection, state: state === 'unknown' ? state : 'untracked' },
  };
}

/** `tproxy` takes TCP and UDP that a socket waits for, `synproxy` TCP; other packets end the rule. */
function compileDivert(name: string): readonly Step[] {
  const isMeant: Test = ({ protocol }) => {
    const takes = protocol === PROTOCOL.tcp || (name === 'tproxy' && protocol === PROTOCOL.udp);
    return takes || name === 'fwd' ? 'yes' : 'no';
  };
  return [{ kind: 'test', test: isMeant }, decide({ kind: 'unknown' })];
}

/** Adding to a set that is full ends the rule (nft_dynset_eval()), as does a key that the packet has not. */
function compileUpdate(
  { op, set, key, metered }: Extract<NftStatement, { kind: 'update' }>,
  context: TableContext,
): readonly Step[] {
  const subjects = compileSubjects(key, context);
  const target = context.sets.get(set);
  const held = target?.total ?? target?.elements.length ?? 0;
  const mayBeFull = !target || (target.size !== undefined && held >= target.size);
  const test: Test = (packet, around) => {
    const kinds = subjects.map(({ read }) => read(packet, around).kind);
    if (kinds.includes('absent')) return 'no';
    if (metered || target?.metered) return 'unknown';
    return op !== 'delete' && mayBeFull ? 'unknown' : 'yes';
  };
  return [{ kind: 'test', test }];
}
