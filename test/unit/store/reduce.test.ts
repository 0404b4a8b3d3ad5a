import { describe, expect, it } from 'vitest';
import type { ActionId } from '../../../src/keys/actions.ts';
import type { FdbEntry } from '../../../src/model/fdb.ts';
import type { Gap } from '../../../src/model/gap.ts';
import type { Namespace } from '../../../src/model/namespace.ts';
import { findNamespace, type Snapshot } from '../../../src/model/snapshot.ts';
import { appendBounded } from '../../../src/store/bounded.ts';
import { MOST_CAPTURE_LINES } from '../../../src/store/capture.ts';
import type { Event } from '../../../src/store/events.ts';
import type { Message } from '../../../src/store/messages.ts';
import { advanceRates, rateBetween } from '../../../src/store/rates.ts';
import { reduce } from '../../../src/store/reduce.ts';
import { chosenNamespace, paneAgeMs } from '../../../src/store/selectors.ts';
import { createSession } from '../../../src/store/session.ts';
import { INITIAL_STATE, type State } from '../../../src/store/state.ts';
import { DB_ID, HOST_ID, makeSnapshot, makeStats, WEB_ID } from '../components/fixture-snapshot.ts';

const SNAPSHOT = makeSnapshot();
const webOf = (snapshot: Snapshot) => {
  const web = findNamespace(snapshot, WEB_ID);
  if (web === undefined) throw new Error('the fixture has no web');
  return web;
};
const message = (each: Message, atMs = 0): Event => ({ kind: 'message', message: each, atMs });
const action = (each: ActionId, key = ''): Event => ({ kind: 'action', action: each, key, page: 10 });
const run = (state: State, ...events: readonly Event[]) => events.reduce(reduce, state);

function lookAtWeb(): State {
  return run(
    INITIAL_STATE,
    message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }),
    action('filter'),
    { kind: 'type', text: 'web' },
    { kind: 'submit' },
  );
}

describe('choosing', () => {
  it('begins with the first running container', () => {
    const state = run(INITIAL_STATE, message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }));
    expect(chosenNamespace(state)?.name).toBe('cache');
    expect(state.outbox).toEqual([
      { kind: 'focus', namespace: '4026532203', sections: ['links', 'addresses'] },
    ]);
  });

  it('asks for focus once, not at every step', () => {
    const state = run(lookAtWeb(), action('next-focus'), { kind: 'tick', nowMs: 5 });
    expect(state.outbox).toEqual([]);
  });

  it('undoes a filter with Esc', () => {
    const state = run(lookAtWeb(), action('filter'), { kind: 'type', text: 'zzz' }, { kind: 'cancel' });
    expect(state.filter).toBe('web');
    expect(chosenNamespace(state)?.id).toBe(WEB_ID);
  });

  it('stays at the ends', () => {
    const state = run(
      INITIAL_STATE,
      message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }),
      action('first'),
    );
    expect(chosenNamespace(run(state, action('move-up')))?.id).toBe(HOST_ID);
    expect(run(state, action('last'), action('page-down')).target).toMatch(/^container/);
  });
});

describe('the panes', () => {
  const sectionsOf = (state: State) =>
    state.outbox.flatMap((request) => (request.kind === 'focus' ? request.sections.slice(2) : []));

  it('ask for what they show, only while they are seen', () => {
    const wanted = ['2', '3', '4', '6', '7', '8'].map((key) =>
      sectionsOf(run(lookAtWeb(), action('pane', key))),
    );
    expect(wanted).toEqual([
      ['routes'],
      ['neighbours'],
      ['rulesets', 'conntrack', 'sockets'],
      ['conntrack'],
      ['sockets'],
      ['resolver'],
    ]);
    const diagnosis = run(lookAtWeb(), action('pane', '7'), action('pane', '9'));
    expect(diagnosis.outbox).toMatchObject([{ sections: ['links', 'addresses'] }]);
  });

  it('go on behind the nine with a number, and round', () => {
    const panes: string[] = [];
    let state = run(lookAtWeb(), action('pane', '9'));
    for (let step = 0; step < 5; step++) {
      state = run(state, action('next-pane'));
      panes.push(`${state.pane} ${sectionsOf(state)}`);
    }
    expect(panes).toEqual(['rules policyRules', 'fdb fdb', 'tc trafficControl', 'sysctls sysctls', 'links ']);
    expect(run(state, action('previous-pane')).pane).toBe('sysctls');
  });

  it('lead from a rule to the chain it jumps to, and from a MAC to its link', () => {
    const host = run(
      INITIAL_STATE,
      message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }),
      action('first'),
    );
    const jumps = run(host, action('pane', '5'), action('next-focus'), action('move-down'), action('open'));
    expect(jumps.pane).toBe('firewall');
    expect(jumps.rows.firewall).toMatch(/^chain .* nat DOCKER$/);
    const fdb: FdbEntry = { ifindex: 10, mac: '02:42:ac:11:01:0a', state: 'reachable', flags: [] };
    const namespace = { ...chosenNamespace(host), fdb: [fdb] } as Namespace;
    const owner = run(
      host,
      message({ kind: 'namespace', namespace, gaps: [], atMs: 1 }),
      ...['9', ']', ']'].map((key) => action(key === '9' ? 'pane' : 'next-pane', key)),
      action('next-focus'),
      action('open'),
    );
    expect(owner).toMatchObject({ pane: 'links', rows: { links: '2' } });
    expect(chosenNamespace(owner)?.id).toBe(WEB_ID);
  });
});

describe('fresh facts', () => {
  it('replace what they bring and keep the rest, each with its age', () => {
    const { neighbours: _, ...fresh } = webOf(SNAPSHOT);
    const state = run(
      lookAtWeb(),
      message({ kind: 'namespace', namespace: { ...fresh, routes: [] }, gaps: [], atMs: 1 }, 7000),
      action('pane', '3'),
      { kind: 'tick', nowMs: 8000 },
    );
    expect(chosenNamespace(state)?.routes).toEqual([]);
    expect(chosenNamespace(state)?.neighbours).toHaveLength(2);
    expect(paneAgeMs(state)).toBe(8000);
    expect(paneAgeMs(run(state, action('pane', '2')))).toBe(1000);
  });

  it('close a gap when its section was read after all', () => {
    const gap = { probe: 'routes', namespace: WEB_ID, reason: 'busy' };
    const snapshot = makeSnapshot({ gaps: [gap] });
    const before = run(INITIAL_STATE, message({ kind: 'snapshot', snapshot, attached: [] }));
    const namespace = webOf(snapshot);
    expect(run(before, message({ kind: 'namespace', namespace, gaps: [], atMs: 1 })).snapshot?.gaps).toEqual(
      [],
    );
    expect(
      run(before, message({ kind: 'namespace', namespace, gaps: [gap], atMs: 1 })).snapshot?.gaps,
    ).toEqual([gap]);
  });

  it('grow older while only the wiring is read again', () => {
    const state = run(
      lookAtWeb(),
      message({ kind: 'namespace', namespace: webOf(SNAPSHOT), gaps: [], atMs: 1 }, 1000),
      message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }, 5000),
      { kind: 'tick', nowMs: 6000 },
    );
    expect(paneAgeMs(state)).toBe(1000);
    expect(paneAgeMs(run(state, action('pane', '2')))).toBe(5000);
  });

  it('of every pane stay when a later snapshot read less, and close their gaps', () => {
    const facts: Partial<Namespace> = {
      conntrack: { entries: [], total: 0 },
      sockets: [],
      policyRules: [],
      fdb: [],
      trafficControl: { qdiscs: [], filters: [] },
      sysctls: {},
    };
    const probes = Object.keys(facts);
    const gaps = probes.map((probe) => ({ probe, namespace: WEB_ID, reason: 'busy' }));
    const state = run(
      lookAtWeb(),
      message({ kind: 'namespace', namespace: webOf(SNAPSHOT), gaps, atMs: 1 }),
      message({ kind: 'namespace', namespace: { ...webOf(SNAPSHOT), ...facts }, gaps: [], atMs: 2 }),
    );
    expect(state.snapshot?.gaps.filter(({ reason }) => reason === 'busy')).toEqual([]);
    const later = run(state, message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }));
    expect(chosenNamespace(later)).toMatchObject(facts);
  });

  it('tell why a section is missing as its last reading said it, once', () => {
    const gapWith = (reason: string) => ({ probe: 'conntrack', namespace: WEB_ID, reason });
    const reading = (...gaps: readonly Gap[]) =>
      message({ kind: 'namespace', namespace: webOf(SNAPSHOT), gaps, atMs: 1 });
    const state = run(
      lookAtWeb(),
      reading(gapWith('busy, try 1')),
      reading(gapWith('busy, try 2')),
      reading(),
    );
    expect(state.snapshot?.gaps.filter(({ probe }) => probe === 'conntrack')).toEqual([
      gapWith('busy, try 2'),
    ]);
  });

  it('of a namespace that is gone are dropped', () => {
    const state = lookAtWeb();
    const namespace = { ...webOf(SNAPSHOT), id: '1' };
    expect(run(state, message({ kind: 'namespace', namespace, gaps: [], atMs: 1 })).snapshot).toBe(
      state.snapshot,
    );
  });

  it('do not disappear when a later snapshot read less', () => {
    const namespaces = SNAPSHOT.namespaces.map(({ rulesets: _, nftables: _tables, ...rest }) => rest);
    const state = run(
      lookAtWeb(),
      message({ kind: 'snapshot', snapshot: { ...SNAPSHOT, namespaces }, attached: [] }),
    );
    expect(chosenNamespace(state)?.rulesets).toEqual([]);
  });
});

describe('rates', () => {
  it('are what was counted between two readings, for each second', () => {
    const rate = rateBetween(makeStats(1000, 0), makeStats(3000, 500), 500);
    expect(rate).toMatchObject({ rxBytesPerS: 4000, txBytesPerS: 1000 });
  });

  it('are not told where a counter went backwards', () => {
    expect(rateBetween(makeStats(5000, 0), makeStats(10, 0), 1000)).toBeUndefined();
    expect(rateBetween(makeStats(0, 0), makeStats(10, 0), 0)).toBeUndefined();
  });

  it('need two readings of the same namespace that are not too close', () => {
    const first = advanceRates(undefined, webOf(SNAPSHOT), 1000);
    expect(first.rates.size).toBe(0);
    expect(advanceRates(first, webOf(SNAPSHOT), 1010)).toBe(first);
    const second = advanceRates(first, webOf(SNAPSHOT), 2000);
    expect(second.rates.get(2)).toMatchObject({ rxBytesPerS: 0 });
    expect(advanceRates(second, { ...webOf(SNAPSHOT), id: DB_ID }, 3000).rates.size).toBe(0);
  });

  it('keep a bounded history', () => {
    let rates = advanceRates(undefined, webOf(SNAPSHOT), 0);
    for (let second = 1; second < 300; second++) rates = advanceRates(rates, webOf(SNAPSHOT), second * 1000);
    expect(rates.history.get(2)).toHaveLength(120);
  });
});

describe('a capture', () => {
  it('keeps a bounded number of lines and counts them all', () => {
    let state = run(lookAtWeb(), action('capture'));
    const lines = Array.from({ length: 4000 }, (_, index) => `packet ${index}`);
    for (let round = 0; round < 3; round++)
      state = run(state, message({ kind: 'capture-lines', id: 1, lines }));
    expect(state.capture?.packets).toBe(12_000);
    expect(state.capture?.lines).toHaveLength(MOST_CAPTURE_LINES);
    expect(state.capture?.lines.at(-1)).toBe('packet 3999');
  });

  it('captures one link when one is chosen in the Links pane', () => {
    const state = run(lookAtWeb(), action('focus-pane'), action('capture'));
    expect(state.outbox).toEqual([{ kind: 'capture', id: 1, namespace: WEB_ID, filter: '', link: 'eth0' }]);
  });

  it('stops with the same key, and the old one before a new one starts', () => {
    const running = run(lookAtWeb(), action('capture'));
    expect(run(running, action('capture')).outbox).toEqual([{ kind: 'stop-capture', id: 1 }]);
    const elsewhere = run(running, action('close'), action('capture'));
    expect(elsewhere.outbox).toEqual([{ kind: 'capture', id: 2, namespace: WEB_ID, filter: '' }]);
    const refiltered = run(
      running,
      action('capture-filter'),
      { kind: 'type', text: 'icmp' },
      { kind: 'submit' },
    );
    expect(refiltered.outbox.map((request) => request.kind)).toEqual(['stop-capture', 'capture']);
  });

  it('counts packets: neither lines that go on with one, nor the empty one of an interrupted tcpdump', () => {
    const lines = ['a packet', '    and more of it', 'another', ''];
    const state = run(lookAtWeb(), action('capture'), message({ kind: 'capture-lines', id: 1, lines }));
    expect(state.capture).toMatchObject({ packets: 2, lines: lines.slice(0, 3) });
  });

  it('pauses when scrolled back', () => {
    const state = run(
      lookAtWeb(),
      action('capture'),
      message({ kind: 'capture-lines', id: 1, lines: ['a', 'b', 'c'] }),
      action('next-focus'),
      action('next-focus'),
      action('move-up'),
    );
    expect(state.capture).toMatchObject({ back: 1, paused: ['a', 'b', 'c'] });
    expect(run(state, action('pause')).capture).toMatchObject({ back: 0 });
  });

  it('takes no lines of one that was stopped', () => {
    const state = run(lookAtWeb(), action('capture'), action('close'));
    expect(run(state, message({ kind: 'capture-lines', id: 1, lines: ['late'] })).capture).toBeUndefined();
  });
});

describe('attaching', () => {
  it('attaches and detaches the chosen namespace', () => {
    const state = lookAtWeb();
    expect(run(state, action('attach')).outbox).toEqual([{ kind: 'attach', namespace: WEB_ID }]);
    const attached = run(state, message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [WEB_ID] }));
    expect(run(attached, action('attach')).outbox).toEqual([{ kind: 'detach', namespace: WEB_ID }]);
  });
});

describe('a container that does not run', () => {
  it('can be looked at, but not captured, attached or diagnosed', () => {
    const state = run(
      INITIAL_STATE,
      message({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] }),
      action('last'),
    );
    expect(chosenNamespace(state)).toBeUndefined();
    for (const each of ['capture', 'attach'] as const) {
      const after = run(state, action(each));
      expect(after.outbox).toEqual([]);
      expect(after.notice?.text).toContain('no running namespace');
    }
  });
});

describe('copying', () => {
  it('takes the wiring from the list and the row from a pane', () => {
    expect(run(lookAtWeb(), action('copy')).copied?.text).toBe(
      'web  eth0 172.17.0.2/16 ⇄ veth3f2a1b → docker0',
    );
    const routes = run(lookAtWeb(), action('pane', '2'), action('open'), action('copy'));
    expect(routes.copied?.text).toContain('default 172.17.0.1 eth0');
  });
});

describe('notices', () => {
  it('go after a while, errors later', () => {
    const info = run(lookAtWeb(), message({ kind: 'notice', level: 'info', text: 'saved' }, 1000));
    expect(run(info, { kind: 'tick', nowMs: 4000 }).notice?.text).toBe('saved');
    expect(run(info, { kind: 'tick', nowMs: 6000 }).notice).toBeUndefined();
    const error = run(lookAtWeb(), message({ kind: 'notice', level: 'error', text: 'no' }, 1000));
    expect(run(error, { kind: 'tick', nowMs: 6000 }).notice?.text).toBe('no');
  });
});

describe('appendBounded', () => {
  it('drops the oldest', () => {
    expect(appendBounded([1, 2, 3], [4, 5], 4)).toEqual([2, 3, 4, 5]);
    expect(appendBounded([1], [2, 3, 4, 5], 2)).toEqual([4, 5]);
  });
});

describe('the session', () => {
  it('posts what the state asks, cleans what it hears, and gathers capture lines', () => {
    const posted: string[] = [];
    let say: (each: Message) => void = () => {};
    const clock = { nowMs: () => 0, everySecond: () => () => {} };
    const session = createSession(
      { post: (request) => posted.push(request.kind), onMessage: (listener) => (say = listener) },
      clock,
    );
    let changes = 0;
    session.subscribe(() => changes++);
    say({ kind: 'snapshot', snapshot: SNAPSHOT, attached: [] });
    session.dispatch(action('capture'));
    expect(posted).toEqual(['focus', 'capture']);
    const before = changes;
    for (let n = 0; n < 50; n++) say({ kind: 'capture-lines', id: 1, lines: [`\x1b[2J\tpacket ${n}`] });
    session.stop();
    expect(changes).toBe(before + 1);
    expect(session.getState().capture?.lines).toHaveLength(50);
    expect(session.getState().capture?.lines[0]).toBe('\\x1b[2J    packet 0');
  });
});
