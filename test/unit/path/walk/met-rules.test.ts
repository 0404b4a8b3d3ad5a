/** The rules that a flow meets: those of the request and the answer, and none behind the drop. */
import { expect, test } from 'vitest';
import { traceFlow } from '../../../../src/path/trace-flow.ts';
import { firewallTable } from '../../../../src/view/firewall-table.ts';
import { type Changes, DOCKER_RULES, withRule, world } from '../../checks/world.ts';

function metIn(changes: Changes) {
  const { snapshot, web, host } = world(changes);
  const from = { kind: 'namespace', id: web.id, text: 'web' } as const;
  const to = { kind: 'address', address: '198.51.100.7', text: '198.51.100.7' } as const;
  const { trip } = traceFlow(snapshot, { from, to, port: 80, proto: 'tcp' });
  return { snapshot, host, met: trip?.met ?? [] };
}

test('a packet that passes meets the rule that lets it out and the one that translates it', () => {
  const { met, host } = metIn({});
  const ofHost = met.filter(({ namespace }) => namespace === host.id);
  expect(ofHost.map(({ table, chain }) => `${table} ${chain}`)).toEqual(
    expect.arrayContaining(['filter FORWARD', 'nat POSTROUTING']),
  );
  expect(ofHost.every(({ matched }) => matched === 'yes')).toBe(true);
});

test('behind the rule that drops it, nothing is met; the rule is marked where rules are shown', () => {
  const rules = withRule(DOCKER_RULES, 'filter', '-A DOCKER-USER -i docker0 -j DROP');
  const { met, snapshot, host } = metIn({ rules });
  expect(met.at(-1)).toMatchObject({ table: 'filter', chain: 'DOCKER-USER', number: 1, matched: 'yes' });
  const rows = firewallTable(snapshot, host, undefined, met).rows;
  const marked = rows.filter(({ cells }) => cells.includes('●'));
  expect(marked.at(-1)?.cells.join(' ')).toContain('-i docker0 -j DROP');
});

test('a packet into which a rule writes addresses behind the connection is not followed', () => {
  const rules = withRule(
    DOCKER_RULES,
    'filter',
    '-A DOCKER-USER -i docker0 -j SNPT --src-pfx fd00:: --dst-pfx fd01::',
  );
  const { snapshot, web } = world({ rules });
  const from = { kind: 'namespace', id: web.id, text: 'web' } as const;
  const to = { kind: 'address', address: '198.51.100.7', text: '198.51.100.7' } as const;
  const { trip } = traceFlow(snapshot, { from, to, port: 80, proto: 'tcp' });
  const last = trip?.hops.at(-1);
  expect([last?.verdict, last?.detail]).toEqual([
    'unknown',
    expect.stringContaining('without connection tracking'),
  ]);
});
