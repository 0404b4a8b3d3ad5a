/** What is made of a diagnosis by what was seen on the wire. */
import { describe, expect, test } from 'vitest';
import { judge } from '../../../../src/live/prove/judge.ts';
import type { Proof, Sighting } from '../../../../src/live/prove/proof.ts';
import type { Cause, Diagnosis, Hop } from '../../../../src/model/diagnosis.ts';
import type { Trace } from '../../../../src/path/trace-flow.ts';

const flow = {
  from: 'web',
  to: 'db:80',
  proto: 'tcp',
  source: '172.17.0.2',
  destination: '172.18.0.2',
  port: 80,
} as const;

const route: Hop = {
  n: 1,
  namespace: 'web',
  link: 'eth0',
  stage: 'route',
  verdict: 'pass',
  detail: 'to the gateway',
};
const arrives: Hop = {
  n: 2,
  namespace: 'host',
  link: 'docker0',
  stage: 'link',
  verdict: 'pass',
  detail: 'arrives',
};
const rule = {
  family: 'ip',
  table: 'filter',
  chain: 'DOCKER-USER',
  text: '-A DOCKER-USER -j DROP',
  number: 3,
} as const;
const dropped: Hop = {
  n: 3,
  namespace: 'host',
  stage: 'netfilter',
  verdict: 'drop',
  detail: 'dropped by rule 3 (iptables-nft)',
  rule,
};
const forwardingOff: Hop = {
  n: 3,
  namespace: 'host',
  link: 'docker0',
  stage: 'route',
  verdict: 'drop',
  detail: 'forwarding of docker0 is 0',
};
const noListener: Hop = {
  n: 3,
  namespace: 'db',
  link: 'eth0',
  stage: 'deliver',
  verdict: 'drop',
  detail: 'nothing listens',
};

function cause(id: string, namespace: string, value = ''): Cause {
  return {
    id,
    title: id,
    confidence: 'likely',
    namespace,
    subject: id,
    evidence: [{ source: 'read', value }],
    fix: [],
    more: '',
  };
}

function seen(place: string, way: Sighting['way'], more: Partial<Sighting> = {}): Sighting {
  const [namespace = '', link = ''] = place.split('/');
  return {
    what: 'request',
    namespace,
    link,
    way,
    source: flow.source,
    destination: flow.destination,
    ttl: 64,
    ...more,
  };
}

const toHost = [
  seen('web/eth0', 'out'),
  seen('host/veth1', 'in', { onPort: true }),
  seen('host/docker0', 'in'),
];
const toDb = [...toHost, seen('host/br1', 'out'), seen('db/eth0', 'in')];

type Words = {
  readonly hops?: readonly Hop[];
  readonly reply?: readonly Hop[];
  readonly verdict?: Diagnosis['verdict'];
  readonly causes?: readonly Cause[];
  readonly proof: Partial<Proof>;
  readonly proto?: Diagnosis['flow']['proto'];
};

function judged({
  hops = [route, arrives, dropped],
  reply = [],
  verdict = 'broken',
  causes = [],
  proof,
  proto = 'tcp',
}: Words): Diagnosis {
  const asked = { ...flow, proto };
  const diagnosis: Diagnosis = {
    flow: asked,
    verdict,
    causes,
    hops,
    reply,
    live: { ran: false, sent: 0, answered: 0, lastSeen: null },
  };
  const end = { how: 'delivered', namespace: { name: 'db' } };
  const trace = {
    flow: asked,
    wanted: [],
    trip: { verdict: 'broken', hops, reply, faults: [], end, wanted: [] },
  } as unknown as Trace;
  return judge(diagnosis, trace, {
    sent: 3,
    answered: 0,
    outcome: { kind: 'silent' },
    seen: toHost,
    lastSeen: 'host/docker0',
    traced: [],
    counters: [],
    tapped: ['web', 'host', 'db'],
    tracedIn: [],
    weaker: [],
    ...proof,
  });
}

const answered = { answered: 1, sent: 1, outcome: { kind: 'answered' } } as const;
const traced = {
  namespace: 'host',
  what: 'request',
  kind: 'rule',
  verdict: 'drop',
  family: 'ip',
  table: 'filter',
  chain: 'DOCKER-USER',
  handle: 9,
  number: 3,
} as const;
const user = cause('docker-user-block', 'host', rule.text);

describe('an answer', () => {
  test('means that it works, whatever the rules say, and says so', () => {
    const { verdict, causes, live } = judged({ causes: [user], proof: answered });
    expect({ verdict, causes }).toEqual({ verdict: 'works', causes: [] });
    expect(live.outcome).toBe('answered, although by all that was read it is lost');
  });

  test('does not make whole what is only degraded', () => {
    const mtu = cause('mtu-link-mismatch', 'host');
    expect(judged({ verdict: 'degraded', hops: [route], causes: [mtu], proof: answered })).toMatchObject({
      verdict: 'degraded',
      causes: [mtu],
    });
  });
});

describe('an answer of a process in between', () => {
  const taken: Hop = {
    n: 3,
    namespace: 'host',
    stage: 'deliver',
    verdict: 'pass',
    detail: 'docker-proxy takes it',
  };
  const missing = cause('svc-not-listening', 'db');

  test('says nothing of what is behind it: what was read still stands', () => {
    const words = { hops: [route, arrives, taken, noListener], causes: [missing] };
    const { verdict, causes, live } = judged({ ...words, proof: answered });
    expect({ verdict, causes }).toEqual({ verdict: 'broken', causes: [missing] });
    expect(live.outcome).toBe('answered by a process in between, whose own connection was not tried');
    expect(judged({ ...words, proof: { seen: toHost } }).causes).toEqual([missing]);
  });

  test('speaks against a loss before it, and no more', () => {
    const words = { hops: [route, arrives, taken, noListener], verdict: 'works' } as const;
    expect(judged({ ...words, hops: [route, arrives, taken, route], proof: answered }).verdict).toBe('works');
    const before = [route, arrives, dropped, taken, route];
    expect(judged({ hops: before, causes: [user], proof: answered })).toMatchObject({
      verdict: 'undecided',
      causes: [],
    });
  });
});

describe('a loss that the walk names', () => {
  test('is proven where the kernel names the very rule, and its cause comes first', () => {
    const other = cause('bridge-lost-ip', 'host');
    const { causes, verdict } = judged({
      causes: [other, user],
      proof: { traced: [traced], tracedIn: ['host'] },
    });
    expect(verdict).toBe('broken');
    expect(causes.map(({ id, confidence }) => `${id} ${confidence}`)).toEqual([
      'docker-user-block proven',
      'bridge-lost-ip likely',
    ]);
    expect(causes[0]?.evidence.at(-1)).toEqual({
      source: 'nft monitor trace in host',
      value: 'rule 3 of chain DOCKER-USER of table ip filter drops',
    });
  });

  test('gives way to another rule that the kernel names', () => {
    const { causes, verdict } = judged({
      causes: [user],
      proof: { traced: [{ ...traced, chain: 'FORWARD', number: 7 }], tracedIn: ['host'] },
    });
    expect({ verdict, ids: causes.map(({ id }) => id) }).toEqual({ verdict: 'broken', ids: ['unknown'] });
    expect(causes[0]).toMatchObject({
      confidence: 'proven',
      subject: 'rule 7 of chain FORWARD of table ip filter drops',
    });
  });

  test('stays likely where rules were traced and none was named', () => {
    expect(judged({ causes: [user], proof: { tracedIn: ['host'] } })).toMatchObject({
      verdict: 'broken',
      causes: [user],
    });
  });

  test('by iptables-legacy is proven by the counter of the rule alone', () => {
    const hops = [route, arrives, { ...dropped, detail: 'dropped by rule 3 (iptables-legacy)' }];
    const counters = [{ namespace: 'host', name: 'iptables-legacy filter DOCKER-USER rule 3', gained: 3 }];
    expect(judged({ hops, causes: [user], proof: { counters } }).causes[0]?.confidence).toBe('proven');
    expect(judged({ hops, causes: [user], proof: {} }).causes[0]?.confidence).toBe('likely');
  });

  test('is proven where the packet was last seen coming in there', () => {
    const off = cause('ip-forward-off', 'host');
    const { verdict, causes } = judged({ hops: [route, arrives, forwardingOff], causes: [off], proof: {} });
    expect({ verdict, confidence: causes[0]?.confidence }).toEqual({
      verdict: 'broken',
      confidence: 'proven',
    });
    expect(causes[0]?.evidence).toContainEqual({
      source: '3 probes from web',
      value: 'no answer; last seen at host/docker0',
    });
  });

  test.each([
    { what: 'had gone on', seen: [...toHost, seen('host/br1', 'out')], lastSeen: 'host/br1' },
    { what: 'never came so far', seen: [seen('web/eth0', 'out')], lastSeen: 'web/eth0' },
    { what: 'was seen on no link', seen: [], lastSeen: null },
  ])('leaves it undecided where the packet $what', ({ seen: sightings, lastSeen }) => {
    const off = cause('ip-forward-off', 'host');
    const { verdict, causes, live } = judged({
      hops: [route, arrives, forwardingOff],
      causes: [off],
      proof: { seen: sightings, lastSeen },
    });
    expect({ verdict, causes, lastSeen: live.lastSeen }).toEqual({
      verdict: 'undecided',
      causes: [],
      lastSeen,
    });
  });

  test('stays likely where nobody could listen', () => {
    const off = cause('ip-forward-off', 'host');
    const hops = [route, arrives, forwardingOff];
    expect(
      judged({ hops, causes: [off], proof: { tapped: ['web'], seen: [], lastSeen: null } }),
    ).toMatchObject({ verdict: 'broken', causes: [off] });
  });

  test('on the first segment is proven by silence: its neighbour is never found', () => {
    const port: Hop = {
      n: 2,
      namespace: 'host',
      link: 'veth1',
      stage: 'bridge',
      verdict: 'drop',
      detail: 'veth1 is disabled',
    };
    const state = cause('bridge-port-state', 'host');
    expect(
      judged({ hops: [route, port], causes: [state], proof: { seen: [], lastSeen: null } }).causes[0]
        ?.confidence,
    ).toBe('proven');
  });

  test('of a service that is missing needs the refusal', () => {
    const hops = [route, arrives, noListener];
    const missing = cause('svc-not-listening', 'db');
    const refused = judged({
      hops,
      causes: [missing],
      proof: { seen: toDb, outcome: { kind: 'refused', from: '172.18.0.2' } },
    });
    expect(refused.causes[0]?.confidence).toBe('proven');
    const silent = judged({ hops, causes: [{ ...missing, namespace: 'elsewhere' }], proof: { seen: toDb } });
    expect(silent).toMatchObject({ verdict: 'undecided', causes: [] });
  });

  test('of the answer needs a request that arrived', () => {
    const reply: Hop[] = [
      { n: 1, namespace: 'db', stage: 'route', verdict: 'drop', detail: 'no route back' },
    ];
    const back = cause('no-return-route', 'db');
    const words = { hops: [route, arrives], reply, causes: [back] };
    expect(judged({ ...words, proof: { seen: toDb } }).causes[0]?.confidence).toBe('proven');
    expect(judged({ ...words, proof: { seen: toHost } })).toMatchObject({ verdict: 'undecided', causes: [] });
  });
});

describe('a way that works by all that was read', () => {
  const hops = [route, arrives];
  test('is undecided when nothing answers', () => {
    expect(judged({ hops, verdict: 'works', proof: { seen: toDb } })).toMatchObject({
      verdict: 'undecided',
      causes: [],
    });
  });

  test('stays so for a datagram that arrived: a service need not answer it', () => {
    expect(judged({ hops, verdict: 'works', proto: 'udp', proof: { seen: toDb } }).verdict).toBe('works');
    expect(judged({ hops, verdict: 'works', proto: 'udp', proof: { seen: toHost } }).verdict).toBe(
      'undecided',
    );
  });

  test('is broken by a rule that the kernel names', () => {
    expect(judged({ hops, verdict: 'works', proof: { traced: [traced] } })).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'unknown', confidence: 'proven' }],
    });
  });

  test('is judged as before when the proof was ended', () => {
    expect(judged({ hops, verdict: 'works', proof: { outcome: { kind: 'aborted' } } }).verdict).toBe('works');
  });
});
