/** What the steps of a walk say: hops in words, and the rule that decided as the public JSON names it. */
import type { DecidingRule, Hop } from '../../model/diagnosis.ts';
import type { Namespace } from '../../model/namespace.ts';
import type { Decision } from '../netfilter/evaluate-chain.ts';
import type { HookResult } from '../netfilter/evaluate-hook.ts';
import type { Packet, Port } from '../netfilter/packet.ts';
import type { HookName } from '../netfilter/program.ts';
import type { Direction } from './fault.ts';
import type { DraftHop, StepResult } from './state.ts';

export function directionOf({ connection }: Packet): Direction {
  return connection.direction === 'reply' ? 'answer' : 'request';
}

/** A step that ends where nobody can tell how it goes on. */
export function lostSight(
  namespace: Namespace,
  stage: Hop['stage'],
  detail: string,
  more: Partial<Pick<DraftHop, 'link' | 'unknown' | 'rule'>> = {},
): StepResult {
  return {
    hops: [{ namespace, stage, verdict: 'unknown', detail, ...more }],
    faults: [],
    end: { how: 'unknown' },
  };
}

function decidingRule({ family, table, chain, rule }: Decision): DecidingRule | 'policy' {
  if (!rule) return 'policy';
  const { text, number, handle } = rule;
  return { family, table, chain, text, number, ...(handle === undefined ? {} : { handle }) };
}

/** Such as `rule 3 of DOCKER-USER in table filter (iptables-nft)`. */
function formatDecision({ world, family, table, chain, rule }: Decision): string {
  const place = `${chain} in table ${world === 'nft' ? `${family} ${table}` : table} (${world})`;
  return rule ? `rule ${rule.number} of ${place}` : `the policy of ${place}`;
}

/** Such as `172.17.0.2:80`; a port that the kernel chose is left out. */
export function formatEnd(address: string, port: Port | undefined): string {
  if (typeof port !== 'number') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The hop of a filtering hook, in the names that iptables has for hooks. */
export function filterHop(namespace: Namespace, hook: HookName, result: HookResult): DraftHop {
  const { verdict, decision, unknown } = result;
  const name = hook.toUpperCase();
  const by = decision ? ` by ${formatDecision(decision)}` : '';
  const detail = {
    accept: `${name}: accepted${by || ', no rule is in the way'}`,
    drop: `${name}: dropped${by}`,
    reject: `${name}: rejected${by}`,
    queue: `${name}: handed to a program${by}, which decides`,
    unknown: `${name}: cannot be told`,
  }[verdict];
  const isKnown = verdict !== 'unknown' && verdict !== 'queue';
  return {
    namespace,
    stage: 'netfilter',
    verdict: verdict === 'accept' ? 'pass' : isKnown ? 'drop' : 'unknown',
    detail,
    ...(decision && isKnown ? { rule: decidingRule(decision) } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** The hop of a translation, by a rule or by what the connection remembers; nothing where the packet stays as it is. */
export function translationHop(
  namespace: Namespace,
  link: string | undefined,
  before: Packet,
  { packet: after, translation }: HookResult,
): readonly DraftHop[] {
  const source = changed(before.source, before.sourcePort, after.source, after.sourcePort);
  const destination = changed(
    before.destination,
    before.destinationPort,
    after.destination,
    after.destinationPort,
  );
  if (source === undefined && destination === undefined) return [];
  const says = [
    ...(source === undefined
      ? []
      : [`source ${formatEnd(before.source, before.sourcePort)} becomes ${source}`]),
    ...(destination === undefined
      ? []
      : [`destination ${formatEnd(before.destination, before.destinationPort)} becomes ${destination}`]),
  ].join(', ');
  return [
    {
      namespace,
      ...(link === undefined ? {} : { link }),
      stage: 'nat',
      verdict: 'pass',
      detail: translation
        ? `${says}, by ${formatDecision(translation.decision)}`
        : `${says}, as the connection was translated`,
      ...(translation ? { rule: decidingRule(translation.decision) } : {}),
      rewrites: {
        ...(source === undefined ? {} : { source }),
        ...(destination === undefined ? {} : { destination }),
      },
    },
  ];
}

function changed(
  address: string,
  port: Port | undefined,
  newAddress: string,
  newPort: Port | undefined,
): string | undefined {
  return address === newAddress && port === newPort ? undefined : formatEnd(newAddress, newPort);
}
