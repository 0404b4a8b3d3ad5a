/**
 * Whether a packet may come in from its source by its link: fib_validate_source() of net/ipv4/fib_frontend.c, which is
 * rp_filter (RFC 3704) and the check against own addresses.
 */
import { linkName, loopbackName } from './answer.ts';
import { askTableIpv4 } from './ask-table-ipv4.ts';
import { isDefault } from './default-rules.ts';
import type { Fib } from './fib.ts';
import type { Flow } from './flow.ts';
import { followRules } from './follow-rules.ts';
import type { FibOutcome } from './outcome.ts';
import { setting } from './settings.ts';

/** undefined: it may. `unknown`: why it cannot be told. */
export type Refusal =
  | { readonly kind: 'refused'; readonly how: 'reverse-path' | 'martian'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly why: string };

type Asked = {
  /** The packet as it came in. */
  readonly flow: Flow;
  readonly source: bigint;
  readonly sourceText: string;
  /** Absent for a broadcast: the kernel looks back from 0.0.0.0. */
  readonly destination?: bigint;
  /** The link it would leave by; absent where it is delivered here. */
  readonly out?: string;
};

export function refuseSource(fib: Fib, asked: Asked): Refusal | undefined {
  const link = asked.flow.iif;
  const { sysctls } = fib.namespace;
  const value = (name: string) => setting(sysctls, 'ipv4', link, name);
  const [filter, acceptLocal, validMark, redirects] = [
    value('rp_filter'),
    value('accept_local'),
    value('src_valid_mark'),
    value('send_redirects'),
  ];
  if (filter === undefined || acceptLocal === undefined || validMark === undefined || redirects === undefined)
    return { kind: 'unknown', why: `the sysctls of ${link} were not read` };
  const full = () =>
    lookBack(fib, asked, { filter, acceptLocal: acceptLocal === 1, validMark: validMark === 1 });
  if (filter !== 0 || (asked.out === link && redirects === 1)) return full();
  if (acceptLocal === 1) return undefined;
  const quick = isOwnAddress(fib, asked.sourceText)
    ? refused('martian', `${asked.sourceText} is an address of this very namespace`)
    : undefined;
  switch (hasCustom(fib)) {
    case 'yes':
      return full();
    // Whether there once was a rule or a local route of somebody's is not told, and the kernel remembers it.
    case 'maybe': {
      const other = full();
      const same =
        quick?.how === (other?.kind === 'refused' ? other.how : undefined) && other?.kind !== 'unknown';
      return same
        ? quick
        : {
            kind: 'unknown',
            why: 'whether policy rules or local routes were ever added here decides over its source',
          };
    }
  }
}

function refused(how: 'reverse-path' | 'martian', detail: string) {
  return { kind: 'refused', how, detail } as const;
}

/** fib_has_custom_local_routes and fib_has_custom_rules, which once set stay so. */
function hasCustom({ namespace }: Fib): 'yes' | 'maybe' {
  const rules = namespace.policyRules ?? [];
  const ipv4 = rules.filter(({ family }) => family === 'ipv4');
  if (namespace.policyRules && !isDefault(ipv4, 'ipv4')) return 'yes';
  const routes = namespace.routes ?? [];
  const isCustom = routes.some(
    ({ family, type, protocol }) => family === 'ipv4' && type === 'local' && protocol !== 'kernel',
  );
  return isCustom ? 'yes' : 'maybe';
}

function isOwnAddress({ namespace }: Fib, source: string): boolean {
  return (namespace.addresses ?? []).some(({ address }) => address === source);
}

type Settings = { readonly filter: number; readonly acceptLocal: boolean; readonly validMark: boolean };

/** __fib_validate_source(): the way back to the source, asked as if the answer came in by the link it goes out by. */
function lookBack(fib: Fib, asked: Asked, settings: Settings): Refusal | undefined {
  const { flow, source, destination, out } = asked;
  const back: Flow = {
    family: 'ipv4',
    destination: source,
    source: destination ?? 0n,
    iif: out ?? loopbackName(fib),
    mark: settings.validMark ? flow.mark : 0,
    protocol: flow.protocol,
    sourcePort: flow.destinationPort === 'icmp' ? 0 : flow.destinationPort,
    destinationPort: flow.sourcePort,
    uid: 0,
  };
  const outcomes = followRules(fib, back, (table) => askTableIpv4(fib, back, table));
  const refusals = outcomes.all.map((outcome) => judge(fib, asked, settings, outcome));
  const [first] = refusals;
  const unknown = refusals.find((one) => one?.kind === 'unknown');
  if (unknown) return unknown;
  const sure = refusals.every((one) => howOf(one) === howOf(first));
  return sure ? first : { kind: 'unknown', why: outcomes.why ?? 'the way back to its source' };
}

function howOf(refusal: Refusal | undefined): string | undefined {
  return refusal?.kind === 'refused' ? refusal.how : undefined;
}

function judge(
  fib: Fib,
  { flow, sourceText }: Asked,
  { filter, acceptLocal }: Settings,
  outcome: FibOutcome,
): Refusal | undefined {
  if (outcome.kind === 'unknown') return outcome;
  const mode = `rp_filter of ${flow.iif} is ${filter}`;
  if (outcome.kind !== 'route')
    return filter === 0
      ? undefined
      : refused('reverse-path', `${mode}, and there is no route back to ${sourceText}`);
  const { type, nextHops } = outcome.route;
  if (type !== 'unicast' && type !== 'local')
    return refused('martian', `the source ${sourceText} is a ${type} address here`);
  if (type === 'local' && !acceptLocal)
    return refused('martian', `the source ${sourceText} is an address of this very namespace`);
  // Every next hop of the route counts, dead ones too.
  const links = nextHops.map(({ ifindex }) => linkName(fib, ifindex));
  const fromLoopback = type === 'local' && flow.iif === loopbackName(fib);
  if (links.includes(flow.iif) || fromLoopback) return undefined;
  const back = `the route back to ${sourceText} leaves by ${links.join(' or ')}`;
  const incoming = fib.links.find(({ name }) => name === flow.iif)?.ifindex;
  const bare = !(fib.namespace.addresses ?? []).some(
    ({ family, ifindex }) => family === 'ipv4' && ifindex === incoming,
  );
  // A link without addresses is held to the strict rule in the loose mode too.
  if (filter === 1 || (bare && filter !== 0)) return refused('reverse-path', `${mode}, and ${back}`);
  return undefined;
}
