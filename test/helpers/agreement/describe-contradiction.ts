/** A contradiction in full: the packets, both stories, and the rules as one would type them in. */
import { printRules, type RandomRules } from './rules.ts';
import { TRACE_TABLE } from './trace-story.ts';
import type { Found } from './try-rules.ts';

export function describeContradiction(seed: number, rules: RandomRules, { steps, text }: Found): string {
  return [
    `seed ${seed}: ${text}`,
    ...steps.flatMap(({ arrival, model, kernel, contradiction }, index) => [
      `packet ${index + 1} ${arrival.link ? `in by ${arrival.link}` : 'from the router'} ${JSON.stringify(arrival.packet)}`,
      ...(arrival.known ? [`  of a connection, ${arrival.direction}: ${JSON.stringify(arrival.known)}`] : []),
      `  model: ${JSON.stringify(model.end)} at ${model.hook} ${JSON.stringify(model.packet)}`,
      ...(model.deciding ? [`  decided by ${JSON.stringify(model.deciding)}`] : []),
      ...(model.unknown.length > 0 ? [`  not known: ${model.unknown.join(' | ')}`] : []),
      ...model.met
        .filter(({ table }) => table !== TRACE_TABLE)
        .map(
          ({ world, family, table, chain, rule, matched, hook }) =>
            `  met at ${hook}: ${world} ${family} ${table} ${chain} ${rule.text} (${matched})`,
        ),
      `  kernel: ${JSON.stringify(kernel)}`,
      ...(contradiction === undefined ? [] : [`  ${contradiction}`]),
    ]),
    printRules(rules),
  ].join('\n');
}
