/** Policy rules as a table, in the words of ip-rule(8). */
import type { Namespace } from '../model/namespace.ts';
import type { NumberRange, PolicyRule } from '../model/policy-rule.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView, Tone } from './table.ts';

export function policyRulesTable(snapshot: Snapshot, namespace: Namespace): TableView {
  return {
    columns: [
      { title: 'priority', align: 'right' },
      { title: 'family' },
      { title: 'packets', shrink: 16 },
      { title: 'action', shrink: 12 },
      { title: 'protocol', drop: 1, optional: true },
    ],
    rows: (namespace.policyRules ?? []).map((rule, index) => ({
      key: `${rule.family} ${rule.priority} ${index}`,
      cells: [
        String(rule.priority),
        rule.family,
        formatSelector(rule),
        formatRuleAction(rule),
        rule.protocol ?? '',
      ],
      tone: ruleTone(rule),
    })),
    empty:
      namespace.policyRules === undefined
        ? formatNotRead(snapshot, namespace.id, 'policyRules')
        : 'no policy rules: no routing table is asked',
  };
}

/** `not from 10.0.0.0/8 fwmark 0x1/0xff iif eth0`; `all` for a rule without conditions. */
function formatSelector(rule: PolicyRule): string {
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ['from', rule.from],
    ['to', rule.to],
    ['tos', hex(rule.tos)],
    ['dscp', rule.dscp],
    ['fwmark', formatMark(rule)],
    ['iif', formatLink(rule.iif, rule.iifDetached)],
    ['oif', formatLink(rule.oif, rule.oifDetached)],
    ['uid', formatRange(rule.uids)],
    ['ipproto', rule.ipProtocol],
    ['sport', formatPorts(rule.sourcePorts, rule.sourcePortMask)],
    ['dport', formatPorts(rule.destinationPorts, rule.destinationPortMask)],
    ['tunnel', rule.tunnelId],
    ['l3mdev', rule.l3mdev ? '' : undefined],
    ['unknown condition', rule.unknown?.join(',')],
  ];
  const said = parts.filter(([, value]) => value !== undefined);
  const text = said.map(([name, value]) => `${name} ${value}`.trimEnd()).join(' ');
  return `${rule.not ? 'not ' : ''}${text === '' ? 'all' : text}`;
}

/** `lookup main`, `goto 100`, `blackhole`. */
function formatRuleAction(rule: PolicyRule): string {
  const table = rule.table ?? (rule.l3mdev ? 'of the vrf' : '');
  const missing = rule.gotoUnresolved ? ' (no such rule)' : '';
  const target =
    rule.action === 'goto' ? `${rule.goto ?? ''}${missing}` : rule.action === 'lookup' ? table : '';
  const parts = [
    `${rule.action} ${target}`.trimEnd(),
    rule.suppressPrefixLength === undefined ? '' : `suppress_prefixlength ${rule.suppressPrefixLength}`,
    rule.suppressLinkGroup === undefined ? '' : `suppress_ifgroup ${rule.suppressLinkGroup}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function formatLink(name: string | undefined, isDetached = false): string | undefined {
  return name === undefined || !isDetached ? name : `${name} (no such link)`;
}

function formatMark({ fwmark, fwmask }: PolicyRule): string | undefined {
  if (fwmark === undefined && fwmask === undefined) return undefined;
  const mark = hex(fwmark ?? 0);
  return fwmask === undefined || fwmask === 0xffffffff ? mark : `${mark}/${hex(fwmask)}`;
}

function hex(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}

function formatRange(range: NumberRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  return range.first === range.last ? String(range.first) : `${range.first}-${range.last}`;
}

function formatPorts(range: NumberRange | undefined, mask: number | undefined): string | undefined {
  const ports = formatRange(range);
  return ports === undefined || mask === undefined ? ports : `${ports}/${hex(mask)}`;
}

function ruleTone({ action, table, priority }: PolicyRule): Tone {
  if (['blackhole', 'unreachable', 'prohibit'].includes(action)) return 'warn';
  const isKernels =
    (priority === 0 && table === 'local') ||
    (priority >= 32766 && action === 'lookup' && table !== undefined);
  return isKernels ? 'dim' : 'normal';
}
