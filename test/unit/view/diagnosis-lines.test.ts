import { describe, expect, it } from 'vitest';
import type { Cause, Diagnosis, Hop } from '../../../src/model/diagnosis.ts';
import { formatDiagnosis } from '../../../src/view/diagnosis-lines.ts';

const FIX =
  'iptables-nft -t nat -A POSTROUTING -s 10.1.1.0/24 ! -o br0 -m comment --comment "way out" -j MASQUERADE';

const cause: Cause = {
  id: 'masq-missing',
  title: 'private addresses leave as they are',
  confidence: 'likely',
  namespace: 'host',
  subject: 'POSTROUTING',
  evidence: [],
  fix: [FIX],
  more: '',
};

function hop(n: number, more: Partial<Hop> = {}): Hop {
  return { n, namespace: 'host', stage: 'route', verdict: 'pass', detail: `hop ${n}`, ...more };
}

function diagnosis(more: Partial<Diagnosis>): Diagnosis {
  return {
    flow: {
      from: 'web',
      to: 'internet',
      proto: 'icmp',
      source: '10.1.1.3',
      destination: '203.0.113.1',
      port: null,
    },
    verdict: 'undecided',
    causes: [],
    hops: [],
    reply: [],
    live: { ran: false, sent: 0, answered: 0, lastSeen: null },
    ...more,
  };
}

const textOf = (given: Diagnosis, ...format: [{ wholeCommands: boolean }?]) =>
  formatDiagnosis(given, 60, ...format).map(({ text }) => text);

describe('a diagnosis without a cause', () => {
  it('says that no fault was found where the packet leaves what this host decides', () => {
    const hops = [
      hop(1),
      hop(2, { link: 'up0', stage: 'deliver', verdict: 'unknown', detail: 'leaves by up0' }),
    ];
    const lines = formatDiagnosis(diagnosis({ hops }), 80);
    expect(lines.slice(0, 2)).toEqual([
      { text: 'web → internet: no fault found as far as this host decides', tone: 'normal' },
      { text: 'not proven to work: leaves by up0', tone: 'dim' },
    ]);
  });

  it('names what could not be judged where that lies in the middle', () => {
    const open = hop(1, { stage: 'netfilter', verdict: 'unknown', detail: 'a set is not known' });
    const end = hop(2, { link: 'up0', stage: 'deliver', verdict: 'unknown', detail: 'leaves by up0' });
    for (const hops of [[open, end], [open]])
      expect(textOf(diagnosis({ hops }))[0]).toBe('web → internet: undecided: a set is not known');
  });
});

describe('a diagnosis with a proof', () => {
  const end = hop(2, { link: 'up0', stage: 'deliver', verdict: 'unknown', detail: 'leaves by up0' });
  const live = { ran: true, sent: 3, answered: 0, lastSeen: 'host/up0', outcome: 'no answer' };

  it('finds no fault where the probe was last seen leaving what this host decides', () => {
    const lines = textOf(diagnosis({ hops: [hop(1), end], live }));
    expect(lines[0]).toContain('web → internet: no fault found');
    expect(lines.join(' ')).toContain('on the wire: 3 sent, 0 answered, last seen at host/up0: no answer');
  });

  it('names the place where the probe was last seen, where it went another way', () => {
    const strayed = textOf(diagnosis({ hops: [hop(1), end], live: { ...live, lastSeen: 'host/tun0' } }));
    expect(strayed[0]).toContain('web → internet: undecided: no answer, last seen');
    const [nowhere] = textOf(diagnosis({ hops: [hop(1)], live: { ...live, lastSeen: null } }));
    expect(nowhere).toContain('undecided: no answer, the probe was');
  });

  it('says what could not be observed, and why nothing was sent', () => {
    const weaker = ['no tap in web: socket(tap): EPERM'];
    expect(textOf(diagnosis({ live: { ...live, weaker } })).at(-1)).toBe(
      'not observed: no tap in web: socket(tap): EPERM',
    );
    const outcome = 'nothing was sent: that takes root';
    expect(textOf(diagnosis({ live: { ...live, ran: false, outcome } })).at(-1)).toBe(outcome);
  });
});

describe('what is not the end of what this host decides', () => {
  it('stays undecided: a delivery to the host itself', () => {
    const end = hop(2, { stage: 'deliver', verdict: 'unknown', detail: 'to the host itself' });
    expect(textOf(diagnosis({ hops: [hop(1), end] }))[0]).toContain('undecided: to the host itself');
  });

  it('is told of the answer as well', () => {
    const lost = hop(1, { verdict: 'unknown', detail: 'a set is not known' });
    const [first, ...rest] = textOf(diagnosis({ hops: [hop(1)], reply: [lost] }));
    expect(first).toContain('undecided: a set is not known');
    expect(rest).toContain('the way of the answer');
  });
});

describe('a hop', () => {
  it('keeps its words together after a long name', () => {
    const long = hop(1, { namespace: 'shop_backend_payment_worker_replica_number_1', link: 'eth0' });
    expect(textOf(diagnosis({ hops: [long] })).at(-1)).toBe('✓ shop_backe…_number_1/eth0  route: hop 1');
  });
});

describe('a command that mends', () => {
  const broken = diagnosis({ verdict: 'broken', causes: [cause] });

  it('stands on one line, however long, so that it can be pasted', () => {
    expect(textOf(broken)).toContain(`  fix: ${FIX}`);
  });

  it('is wrapped where nothing wider can be shown, and never cut', () => {
    const lines = textOf(broken, { wholeCommands: false });
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toContain(FIX);
  });
});
