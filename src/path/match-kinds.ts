/** Conditions on what kind of packet it is: conntrack state, address type, TCP flags, ICMP type (iptables-extensions(8)). */
import type { Packet } from './packet.ts';
import { type Ternary, ternary } from './ternary.ts';

/** `NEW,RELATED`: the state is one of them. DNAT and SNAT are states of the connection that are not followed here. */
export function evaluateState(states: string, state: Packet['state']): Ternary {
  const list = states.split(',');
  if (list.includes(state)) return 'yes';
  return list.includes('DNAT') || list.includes('SNAT') ? 'unknown' : 'no';
}

/** Whether an address that is or is not local is of one of these types; others than LOCAL need a route lookup. */
export function evaluateAddressType(types: string, isLocal: boolean): Ternary {
  const list = types.split(',');
  if (list.includes('LOCAL')) return isLocal ? 'yes' : list.length === 1 ? 'no' : 'unknown';
  return isLocal ? 'no' : 'unknown';
}

const ALL_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];

/** `--tcp-flags MASK COMP`: of the flags in MASK, exactly those of COMP are set. */
export function evaluateFlags([mask = '', comp = '']: readonly string[], flags: readonly string[]): Ternary {
  const wanted = flagList(comp);
  const examined = flagList(mask);
  if (!wanted || !examined) return 'unknown';
  return ternary(
    ALL_FLAGS.every((flag) => (examined.includes(flag) && flags.includes(flag)) === wanted.includes(flag)),
  );
}

function flagList(text: string): readonly string[] | undefined {
  if (text === 'NONE') return [];
  if (text === 'ALL') return ALL_FLAGS;
  const list = text.split(',');
  return list.every((flag) => ALL_FLAGS.includes(flag)) ? list : undefined;
}

/** `TYPE`, `TYPE/CODE` or `any`; names are not printed by iptables-save. */
export function evaluateIcmpType(text: string, type: number): Ternary {
  if (text === 'any') return 'yes';
  const [, wanted, code = '0'] = /^(\d{1,3})(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  // Echo messages have code 0.
  return wanted === undefined ? 'unknown' : ternary(Number(wanted) === type && Number(code) === 0);
}
