/**
 * Programs and tc filters that a frame meets on a link before any rule does (XDP; tcx and clsact of tc(8)): nobody here
 * runs them, so that what they do is unknown, unless they say that they let everything pass.
 */
import type { TcFilter } from '../../model/traffic-control.ts';
import type { Packet } from '../netfilter/packet.ts';
import type { Place } from './fault.ts';
import { hopAt } from './say.ts';
import type { DraftHop, World } from './state.ts';

/** `ingress`: the frame comes in by the link; `egress`: it leaves by it. */
export function meetPrograms(
  world: World,
  place: Place,
  way: 'ingress' | 'egress',
  packet: Packet,
): readonly DraftHop[] {
  const { namespace, link } = place;
  const hop = (what: string) =>
    hopAt(place, 'link', 'unknown', `${what} on ${link.name}: what it does cannot be told`);
  const xdp = way === 'ingress' && link.xdp ? [hop(`an XDP program${nameOfXdp(place)} runs`)] : [];
  const { trafficControl } = namespace;
  if (!trafficControl) {
    world.wanted.add(namespace.id);
    return [...xdp, hopAt(place, 'link', 'unknown', `tc filters of ${namespace.name} were not read`)];
  }
  const here = ({ ifindex, attachedTo }: { readonly ifindex: number; readonly attachedTo: string }) =>
    ifindex === link.ifindex && attachedTo === way;
  const tcx = (trafficControl.tcx ?? [])
    .filter(here)
    .map(({ id, name }) => hop(`the tcx program ${name ?? id} runs at ${way}`));
  const filters = trafficControl.filters
    .filter((filter) => here(filter) && !isHarmless(filter, packet))
    .map((filter) => hop(`${describe(filter)} is asked at ${way}`));
  return [...xdp, ...tcx, ...filters];
}

function nameOfXdp({ link: { xdp } }: Place): string {
  const names = (xdp?.programs ?? []).map(({ id, name }) => name ?? String(id));
  const ids = names.length > 0 ? names : (xdp?.programIds ?? []).map(String);
  return ids.length > 0 ? ` (${ids.join(', ')})` : '';
}

/** A filter for other frames, or one whose actions let every frame pass. */
function isHarmless({ protocol, kind, bpf, actions }: TcFilter, { family }: Packet): boolean {
  const own = family === 'ipv4' ? 'ip' : 'ipv6';
  if (protocol !== 'all' && protocol !== own)
    return ['arp', 'ip', 'ipv6', '802.1Q', '802.1ad'].includes(protocol);
  if (kind === 'bpf' || bpf) return false;
  return (
    actions.length > 0 &&
    actions.every((action) => action.kind === 'gact' && LETS_PASS.has(action.outcome ?? ''))
  );
}

const LETS_PASS: ReadonlySet<string> = new Set(['ok', 'pass', 'pipe', 'continue']);

function describe({ kind, priority, bpf, actions }: TcFilter): string {
  const program = bpf ? ` ${bpf.programName ?? bpf.name ?? bpf.id ?? ''}`.trimEnd() : '';
  const does = actions.map(({ kind: action, outcome }) =>
    outcome === undefined ? action : `${action} ${outcome}`,
  );
  return `the ${kind}${program} filter of priority ${priority}${does.length > 0 ? ` (${does.join(', ')})` : ''}`;
}
