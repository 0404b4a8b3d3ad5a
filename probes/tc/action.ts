/** The actions of a filter, in their order (linux/pkt_cls.h, linux/tc_act/tc_gact.h, linux/tc_act/tc_mirred.h). */
import { cleanBytes } from '../../src/model/clean-text.ts';
import type { TcAction } from '../../src/model/traffic-control.ts';
import { eachAttribute } from '../netlink/attributes.ts';
import { Fields, said } from '../netlink/fields.ts';

const TCA_ACT = { kind: 1, options: 2 } as const;
/** TCA_GACT_PARMS and TCA_MIRRED_PARMS have the same number; both begin with tc_gen, whose third member is the outcome. */
const PARAMETERS = 2;
const ACTION_AT = 8;
const MIRRED_HOW_AT = 20;
const MIRRED_IFINDEX_AT = 24;
/** TC_ACT_* */
const OUTCOMES = ['ok', 'reclassify', 'drop', 'pipe', 'stolen', 'queued', 'repeat', 'redirect', 'trap'];
/** TCA_EGRESS_REDIR and so on, from 1. */
const MIRRED = ['egress redirect', 'egress mirror', 'ingress redirect', 'ingress mirror'];

/** The list under TCA_<KIND>_ACT: a nest for each action, by its place. */
export function parseActions(list: Uint8Array | undefined): readonly TcAction[] {
  if (!list) return [];
  const view = new DataView(list.buffer, list.byteOffset, list.length);
  const actions: TcAction[] = [];
  eachAttribute(view, 0, list.length, (_place, at, length) => {
    actions.push(parseAction(new Fields(view, at, at + length)));
  });
  return actions;
}

function parseAction(fields: Fields): TcAction {
  const kind = cleanBytes(fields.string(TCA_ACT.kind) ?? new Uint8Array());
  const bytes = fields.nested(TCA_ACT.options)?.bytes(PARAMETERS);
  if (!bytes || (kind !== 'gact' && kind !== 'mirred')) return { kind };
  const parameters = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const outcome = parameters.byteLength < ACTION_AT + 4 ? undefined : parameters.getInt32(ACTION_AT, true);
  return said({
    kind,
    outcome: outcome === undefined ? undefined : (OUTCOMES[outcome] ?? String(outcome)),
    towards: kind === 'mirred' ? towards(parameters) : undefined,
  });
}

function towards(parameters: DataView): TcAction['towards'] {
  if (parameters.byteLength < MIRRED_IFINDEX_AT + 4) return undefined;
  const how = parameters.getInt32(MIRRED_HOW_AT, true);
  return { how: MIRRED[how - 1] ?? String(how), ifindex: parameters.getUint32(MIRRED_IFINDEX_AT, true) };
}
