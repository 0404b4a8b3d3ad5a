/** Makes an answer of what the kernel says. Its errno has several causes; what is computed beside tells them apart. */
import type { Namespace } from '../../model/namespace.ts';
import type { KernelRoute } from '../../model/route-query.ts';
import { routeInput } from './input.ts';
import { lookUp } from './lookup.ts';
import { HASHED } from './output-ipv4.ts';
import type { RouteAnswer, RouteQuery } from './query.ts';

export function compute(namespace: Namespace, query: RouteQuery): RouteAnswer {
  const { inLink } = query;
  return inLink === undefined ? lookUp(namespace, query) : routeInput(namespace, { ...query, inLink });
}

/** Whether the question holds all that a policy rule of the namespace may ask for: the kernel takes 0 for what is left out. */
export function isFixed({ policyRules = [] }: Namespace, query: RouteQuery): boolean {
  const rules = policyRules.filter(({ family }) => family === query.family);
  const unasked: readonly boolean[] = [
    query.sourcePort === undefined && rules.some(({ sourcePorts }) => sourcePorts !== undefined),
    query.destinationPort === undefined &&
      rules.some(({ destinationPorts }) => destinationPorts !== undefined),
    query.inLink === undefined && query.uid === undefined && rules.some(({ uids }) => uids !== undefined),
  ];
  return !unasked.includes(true);
}

/** errno(3) */
const ENETUNREACH = 101;
const EHOSTUNREACH = 113;
const EACCES = 13;

/** The kernel's answer, with what was computed for its reasons; the computed one where the kernel cannot tell. */
export function judgeKernel(
  namespace: Namespace,
  query: RouteQuery,
  computed: RouteAnswer,
  kernel: KernelRoute,
): RouteAnswer {
  if (cannotTell(query, computed)) return computed;
  if (kernel.kind === 'refused') return computed.kind === 'refused' ? computed : named(query, kernel.errno);
  const link = namespace.links?.find(({ ifindex }) => ifindex === kernel.ifindex)?.name;
  const type = kernel.type === 'anycast' ? 'local' : kernel.type;
  if (link === undefined || !isType(type)) return computed;
  if (query.family === 'ipv6' && query.outLink !== undefined && link !== query.outLink && type !== 'local')
    return computed;
  const { gateway, source, table, mtu, route } = kernel;
  const agrees = computed.kind === 'found' && computed.link === link && computed.gateway === gateway;
  const chosen = query.source === undefined && query.inLink === undefined ? source : undefined;
  return {
    kind: 'found',
    type: agrees ? computed.type : type,
    link,
    ...(gateway === undefined ? {} : { gateway }),
    ...(chosen === undefined ? {} : { source: chosen }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(route ? { table: route.table, route } : table === undefined ? {} : { table }),
    ...(agrees && computed.table !== undefined ? { table: computed.table } : {}),
    ...(agrees && computed.route ? { route: computed.route } : {}),
    ...(agrees && computed.rule ? { rule: computed.rule } : {}),
  };
}

/** Where RTM_GETROUTE is not the question that the packet puts. */
function cannotTell(
  { family, source, inLink, sourcePort, protocol, destination }: RouteQuery,
  computed: RouteAnswer,
): boolean {
  const isLater =
    computed.kind === 'refused' && (computed.how === 'martian' || computed.how === 'forwarding-off');
  // IPv6 checks addresses and forwarding after it has routed, and tells nothing of multicasts that came in.
  if (family === 'ipv6' && (isLater || (inLink !== undefined && destination.startsWith('ff')))) return true;
  if (computed.kind !== 'unknown' || computed.why !== HASHED) return false;
  // The hash takes in the flow label in IPv6, and may take in ports.
  const isWhole = source !== undefined && (sourcePort !== undefined || protocol === 1);
  return family === 'ipv6' || !isWhole;
}

type FoundType = Extract<RouteAnswer, { kind: 'found' }>['type'];
const TYPES: ReadonlySet<string> = new Set<FoundType>(['unicast', 'local', 'broadcast', 'multicast']);

function isType(type: string): type is FoundType {
  return TYPES.has(type);
}

/** A refusal that was not expected, by the errno alone, where that has one meaning. */
function named({ inLink }: RouteQuery, errno: number): RouteAnswer {
  const detail = `the kernel answers errno ${errno}`;
  if (errno === ENETUNREACH) return { kind: 'refused', how: 'none', detail };
  if (errno === EACCES) return { kind: 'refused', how: 'prohibit', detail };
  if (errno === EHOSTUNREACH && inLink === undefined) return { kind: 'refused', how: 'unreachable', detail };
  return {
    kind: 'unknown',
    why: `the kernel refuses it (errno ${errno}), which has several possible causes`,
  };
}
