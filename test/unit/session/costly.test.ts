import { describe, expect, test } from 'vitest';
import type { Namespace } from '../../../src/model/namespace.ts';
import { beatsBetween } from '../../../src/session/costly.ts';
import { namespace, snapshot } from '../../helpers/made-up.ts';

const host = namespace({ id: '1', name: 'host', kind: 'host' });
const heard = namespace({ id: '2', nsids: [{ namespace: '1', nsid: 0 }] });
const unheard = namespace({ id: '3', nsids: [{ namespace: '2', nsid: 0 }] });
const legacy = (table: string): Pick<Namespace, 'rulesets'> => ({
  rulesets: [
    { family: 'ipv4', flavour: 'legacy', unparsed: [], tables: table ? [{ name: table, chains: [] }] : [] },
  ],
});
const around = snapshot({ namespaces: [host, heard, unheard] });

describe('the rules of the focus', () => {
  test.each([
    ['of the host', host],
    ['of a namespace that has a number here', heard],
    ['where legacy iptables holds none', { ...heard, ...legacy('') }],
  ])('%s wait for an event, and are read now and then for their counters', (_, one) => {
    expect(beatsBetween('rulesets', around, one)).toBe(3);
  });

  test.each([
    ['of a namespace that nothing tells of', unheard],
    ['of legacy iptables', { ...host, ...legacy('filter') }],
  ])('%s are read often', (_, one) => {
    expect(beatsBetween('rulesets', around, one)).toBe(2);
  });
});

test('what costs little is read at every beat', () => {
  expect(beatsBetween('sysctls', around, host)).toBe(0);
  expect(beatsBetween('conntrack', around, host)).toBe(2);
});
