/** Conditions of modules with one option that matters: mac, pkttype, helper, recent, socket. */
import { type Ternary, ternary } from '../../../ternary.ts';
import { negatedIf, unknowable } from '../../conditions/logic.ts';
import { hasPorts } from '../../conditions/port.ts';
import { PROTOCOL } from '../../packet.ts';
import type { ModuleTest, OptionTest } from '../compile-module.ts';

/** Only a packet that came in by an Ethernet link has such an address, which even a negated option wants (xt_mac.c). */
export const macSource: ModuleTest = ([match]) => {
  const wanted = match?.values[0]?.toLowerCase();
  if (match?.option !== 'mac-source' || wanted === undefined) return unknowable;
  return ({ sourceMac, inLink }, { hook }) => {
    if (inLink === 'lo' || hook === 'output') return 'no';
    return sourceMac === undefined
      ? 'unknown'
      : ternary((sourceMac.toLowerCase() === wanted) !== match.negated);
  };
};

/** Whom the frame was for (xt_pkttype.c). A packet for one host is for this one, or it would not have come so far. */
export const packetType: OptionTest = ({ option, values: [wanted = ''] }) => {
  if (option !== 'pkt-type') return undefined;
  return ({ destination }, around) => {
    const type = around.addressType(destination);
    if (type === 'unicast' || type === 'local') return ternary(wanted === 'unicast');
    return 'unknown';
  };
};

/** Only a connection that another one has announced has a helper's name (xt_helper.c). */
export const helper: OptionTest = ({ option }) => {
  if (option !== 'helper') return undefined;
  return ({ connection: { state } }): Ternary =>
    state === 'related' || state === 'established' || state === 'unknown' ? 'unknown' : 'no';
};

/** `--set` writes the address down and holds; the other options ask what was written (xt_recent.c). */
export const recent: ModuleTest = (options, { repeated }) => {
  const set = options.find(({ option }) => option === 'set');
  return set && !repeated ? negatedIf(set.negated, () => 'yes') : unknowable;
};

/** Whether a socket waits for the packet; echo messages have none (nf_sk_lookup_slow_v4()). */
export const socketLookup: ModuleTest = () => (packet) => {
  const { protocol, icmpType } = packet;
  if (hasPorts(packet)) return 'unknown';
  if (protocol === PROTOCOL.icmp) return icmpType === 0 || icmpType === 8 ? 'no' : 'unknown';
  return protocol === PROTOCOL.icmpv6 && (icmpType === 128 || icmpType === 129) ? 'no' : 'unknown';
};
