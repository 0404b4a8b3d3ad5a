/** A flow from outside begins where it comes in. */
import { expect, test } from 'vitest';
import { traceFlow } from '../../../../src/path/trace-flow.ts';
import { world } from '../../checks/world.ts';

test('the first hop of a packet from outside is the link that it comes in by', () => {
  const { snapshot } = world({});
  const from = { kind: 'address', address: '198.51.100.7', text: '198.51.100.7' } as const;
  const to = { kind: 'address', address: '10.0.0.2', text: '10.0.0.2' } as const;
  const { trip } = traceFlow(snapshot, { from, to, port: 8080, proto: 'tcp' });
  expect(trip?.hops[0]).toEqual({
    n: 1,
    namespace: 'host',
    link: 'up0',
    stage: 'link',
    verdict: 'pass',
    detail: 'a packet from 198.51.100.7 comes in by up0',
  });
  expect(trip?.hops.map(({ n }) => n)).toEqual(trip?.hops.map((_, index) => index + 1));
});
