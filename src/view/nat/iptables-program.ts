/** The nat tables of iptables as branches (iptables(8), iptables-extensions(8)). */
import type { Match, Rule, Ruleset } from '../../model/firewall.ts';
import { listChains, type ShownChain } from '../rules/chains.ts';
import { plainAddress } from './address-text.ts';
import type { Condition, Field } from './condition.ts';
import type { Action, Branch, Ending, NatTable } from './program.ts';

const BUILT_IN: Readonly<Record<string, Field>> = {
  source: 'source',
  destination: 'destination',
  'in-interface': 'in',
  'out-interface': 'out',
  protocol: 'protocol',
};
const PORTS: Readonly<Record<string, Field>> = {
  sport: 'source-port',
  sports: 'source-port',
  dport: 'destination-port',
  dports: 'destination-port',
};
const PORT_MODULES: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'multiport']);

/** Targets after which the next rule is met; one that is not known may translate. */
const PASSING: ReadonlySet<string> = new Set([
  'AUDIT',
  'CLASSIFY',
  'CONNMARK',
  'CONNSECMARK',
  'IDLETIMER',
  'LOG',
  'MARK',
  'NFLOG',
  'NFQUEUE',
  'RATEEST',
  'SECMARK',
  'SET',
  'TEE',
  'TRACE',
  'ULOG',
]);

export function iptablesNatTables(
  namespace: Parameters<typeof listChains>[0],
  { family, flavour, tables }: Ruleset,
): readonly NatTable[] {
  const shown = new Map(
    listChains(namespace)
      .filter(
        (chain) =>
          chain.world === `iptables-${flavour}` &&
          chain.family === (family === 'ipv4' ? 'ip' : 'ip6') &&
          chain.table === 'nat',
      )
      .map((chain) => [chain.name, chain] as const),
  );
  return tables
    .filter(({ name }) => name === 'nat')
    .map(({ chains }) => {
      const names = new Set(chains.map(({ name }) => name));
      return new Map(
        chains.flatMap(({ name, rules }) => {
          const chain = shown.get(name);
          return chain ? [[name, { chain, rules: joinRules(chain, rules, names) }] as const] : [];
        }),
      );
    });
}

function joinRules(chain: ShownChain, rules: readonly Rule[], names: ReadonlySet<string>) {
  return chain.rules.flatMap((rule, index) => {
    const source = rules[index];
    return source ? [{ rule, branches: branchesOf(source, names) }] : [];
  });
}

function branchesOf(rule: Rule, chains: ReadonlySet<string>): readonly Branch[] {
  const ending = endingOf(rule, chains);
  return ending ? [{ conditions: rule.matches.flatMap(conditionOf), ending }] : [];
}

function endingOf({ target, jump, targetOptions }: Rule, chains: ReadonlySet<string>): Ending | undefined {
  if (target === undefined) return undefined;
  if (chains.has(target)) return { kind: jump, chain: target };
  switch (target) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'RETURN':
      return { kind: 'return' };
    case 'DROP':
      return { kind: 'drop' };
    case 'MASQUERADE':
      return translate({ how: 'masquerade', ...portsOf(targetOptions) });
    case 'REDIRECT':
      return translate({ how: 'redirect', ...portsOf(targetOptions) });
    case 'NETMAP':
      return translate({ how: 'netmap', address: valuesOf(targetOptions, 'to')[0] ?? '' });
    case 'SNAT':
      return translate(given('snat', valuesOf(targetOptions, 'to-source')));
    case 'DNAT':
      return translate(given('dnat', valuesOf(targetOptions, 'to-destination')));
    default:
      return PASSING.has(target) ? undefined : translate({ how: 'unclear' });
  }
}

function translate(action: Action): Ending {
  return { kind: 'translate', action };
}

/** `ADDRESS[-ADDRESS][:PORT[-PORT]]`, an IPv6 address in brackets where a port follows; or `:PORT`. */
function given(how: 'snat' | 'dnat', texts: readonly string[]): Action {
  const [text = ''] = texts;
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|((?:[^:]*|[^[\]]*:[^[\]]*:[^[\]]*)))(?::(\d+(?:-\d+)?))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  // Several are of kernels before 2.6.11; a base (`/BASE`) makes the port depend on the old one.
  if (texts.length !== 1 || (address === '' && port === undefined)) return { how: 'unclear' };
  return { how, ...(address === '' ? {} : { address }), ...(port === undefined ? {} : { port }) };
}

function portsOf(options: readonly Match[]): Pick<Action, 'port'> {
  const [port] = valuesOf(options, 'to-ports');
  return port === undefined ? {} : { port };
}

function valuesOf(options: readonly Match[], name: string): readonly string[] {
  return options.filter(({ option }) => option === name).flatMap(({ values }) => values);
}

function conditionOf(match: Match): readonly Condition[] {
  const { option, values, negated: not, module } = match;
  const [value = ''] = values;
  const other: Condition = { kind: 'other', text: textOf(match) };
  if (module === 'comment') return [];
  // `-m tcp` alone says what `-p tcp` has said.
  if (module !== undefined && option === module && values.length === 0 && PORT_MODULES.has(module)) return [];
  if (values.length !== 1) return [other];
  if (module === undefined) {
    const kind = BUILT_IN[option];
    if (kind === undefined) return [other];
    if (kind === 'in' || kind === 'out') return linkCondition(kind, value, not);
    return [{ kind, not, values: [kind === 'protocol' ? value : plainAddress(value)] }];
  }
  const ports = PORT_MODULES.has(module) ? PORTS[option] : undefined;
  if (ports) return [{ kind: ports, not, values: value.split(',').map((port) => port.replace(':', '-')) }];
  if (module === 'addrtype' && value === 'LOCAL') {
    if (option === 'dst-type') return [{ kind: 'to-local', not, values: [] }];
    if (option === 'src-type') return [{ kind: 'from-local', not, values: [] }];
  }
  if (module === 'iprange') {
    if (option === 'src-range') return [{ kind: 'source', not, values: [value] }];
    if (option === 'dst-range') return [{ kind: 'destination', not, values: [value] }];
  }
  return [other];
}

/** A name that ends in `+` means all links that begin so; `+` alone holds for every packet. */
function linkCondition(kind: 'in' | 'out', name: string, not: boolean): readonly Condition[] {
  if (name === '+' && !not) return [];
  if (name.includes('*')) return [{ kind: 'other', text: `${not ? '! ' : ''}${kind} ${name}` }];
  return [{ kind, not, values: [name.endsWith('+') ? `${name.slice(0, -1)}*` : name] }];
}

function textOf({ option, values, negated, module }: Match): string {
  const name = option === module && values.length === 0 ? '' : ` --${option}`;
  return [negated ? '! ' : '', module === undefined ? '' : `-m ${module}`, name, ` ${values.join(' ')}`]
    .join('')
    .trim();
}
