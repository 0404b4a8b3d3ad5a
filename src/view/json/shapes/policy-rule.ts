/** Policy rules in a snapshot file. */
import type { NumberRange, PolicyRule } from '../../../model/policy-rule.ts';
import { flag, list, number, object, oneOf, optional, text } from '../decode.ts';

const range = object<NumberRange>({ first: number, last: number });
export const policyRule = object<PolicyRule>({
  family: oneOf('ipv4', 'ipv6'),
  priority: number,
  action: text,
  table: optional(text),
  goto: optional(number),
  gotoUnresolved: optional(flag),
  not: flag,
  from: optional(text),
  to: optional(text),
  tos: optional(number),
  iif: optional(text),
  oif: optional(text),
  iifDetached: optional(flag),
  oifDetached: optional(flag),
  fwmark: optional(number),
  fwmask: optional(number),
  l3mdev: optional(flag),
  uids: optional(range),
  ipProtocol: optional(number),
  sourcePorts: optional(range),
  sourcePortMask: optional(number),
  destinationPorts: optional(range),
  destinationPortMask: optional(number),
  dscp: optional(number),
  tunnelId: optional(text),
  suppressPrefixLength: optional(number),
  suppressLinkGroup: optional(number),
  protocol: optional(text),
  unknown: optional(list(number)),
});
