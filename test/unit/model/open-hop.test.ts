import { expect, test } from 'vitest';
import type { Flow, Hop } from '../../../src/model/diagnosis.ts';
import { findOpenHop } from '../../../src/model/open-hop.ts';

const flow = (to: string): Flow => ({ from: 'web', to, proto: 'tcp', source: '', destination: '', port: 80 });
const hop = (n: number, given: Partial<Hop> = {}): Hop => ({
  n,
  namespace: 'host',
  link: 'up0',
  stage: 'route',
  verdict: 'pass',
  detail: '',
  ...given,
});
const doubt = { verdict: 'unknown' } as const;
const leaves = hop(2, { stage: 'link', detail: 'leaves by up0' });
const beyond = hop(2, { stage: 'deliver', ...doubt });

test('a packet that leaves by a link, after hops that were all judged, has come to the end of what is decided here', () => {
  expect(findOpenHop({ flow: flow('192.0.2.9:80'), hops: [hop(1), leaves], reply: [hop(1)] })).toEqual({
    open: leaves,
    isEnd: true,
  });
});

test('so has one that reaches whoever stands for the internet', () => {
  expect(findOpenHop({ flow: flow('internet'), hops: [hop(1), beyond], reply: [] })).toMatchObject({
    isEnd: true,
  });
});

test('a doubt on the way, or on the way of the answer, comes first', () => {
  const open = hop(1, doubt);
  for (const last of [leaves, beyond])
    for (const [there, back] of [
      [open, hop(1)],
      [hop(1), open],
    ] as const)
      expect(findOpenHop({ flow: flow('internet'), hops: [there, last], reply: [back] })).toEqual({
        open,
        isEnd: false,
      });
});

test('an address of which nobody knows whether somebody listens there is no end', () => {
  expect(findOpenHop({ flow: flow('db:80'), hops: [hop(1), beyond], reply: [] })).toEqual({
    open: beyond,
    isEnd: false,
  });
});

test('where nothing was seen there is nothing open', () => {
  expect(findOpenHop({ flow: flow('internet'), hops: [], reply: [] })).toEqual({
    open: undefined,
    isEnd: false,
  });
});
