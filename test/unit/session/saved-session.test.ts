import { expect, test } from 'vitest';
import { createSavedSession } from '../../../src/session/saved-session.ts';
import type { Message, Request } from '../../../src/store/messages.ts';
import { link, namespace, snapshot } from '../../helpers/made-up.ts';

const web = namespace({ id: '2', links: [link()], addresses: [], routes: [] });
const picture = snapshot({ namespaces: [web], gaps: [{ probe: 'rulesets', namespace: '2', reason: 'no' }] });

function open() {
  const messages: Message[] = [];
  const clock = { now: () => new Date(0), monotonicMs: () => 5 };
  const session = createSavedSession(clock, picture, (message) => messages.push(message));
  const ask = (request: Request): readonly Message[] => {
    messages.splice(0);
    session.handle(request);
    return messages;
  };
  return { messages, ask };
}

test('a session over a file begins with what the file holds, and says how old it is', () => {
  expect(open().messages).toEqual([
    { kind: 'snapshot', snapshot: picture, attached: [] },
    { kind: 'notice', level: 'info', text: 'snapshot of lab, taken at 2026-01-02T03:04:05.678Z' },
  ]);
});

test('it answers what can be answered, and refuses what needs the machine', () => {
  const { ask } = open();
  expect(ask({ kind: 'focus', namespace: '2', sections: ['links'] })).toEqual([
    { kind: 'namespace', namespace: web, gaps: picture.gaps, atMs: 5 },
  ]);
  expect(ask({ kind: 'focus', namespace: '7', sections: [] })).toEqual([]);
  expect(ask({ kind: 'diagnose', id: 1, namespace: '2', to: '192.0.2.1' })).toMatchObject([
    { kind: 'diagnosis', id: 1, diagnosis: { flow: { destination: '192.0.2.1' } } },
  ]);
  expect(ask({ kind: 'diagnose', id: 2, namespace: '7' })).toMatchObject([
    { kind: 'diagnosis-failed', id: 2 },
  ]);
  expect(ask({ kind: 'capture', id: 3, namespace: '2', filter: '' })).toMatchObject([
    { kind: 'capture-ended', id: 3, error: expect.stringContaining('without --snapshot') },
  ]);
  for (const kind of ['attach', 'detach'] as const)
    expect(ask({ kind, namespace: '2' })).toMatchObject([{ kind: 'notice', level: 'warning' }]);
  expect(ask({ kind: 'save-snapshot' })).toMatchObject([{ kind: 'notice', level: 'warning' }]);
  expect(ask({ kind: 'close' })).toEqual([{ kind: 'closed' }]);
});
