/** What holds for every cause that a fault in the made-up host leads to. */
import { expect } from 'vitest';
import type { Cause, Diagnosis } from '../../../src/model/diagnosis.ts';
import { type Asking, ask, type Changes } from './world.ts';

export type Case = Asking & {
  readonly changes: Changes;
  readonly subject?: string | RegExp;
  readonly verdict?: Diagnosis['verdict'];
};

/** The diagnosis names this cause and no other, shows why, and teaches. */
export function expectOnly(id: string, { changes, subject, verdict = 'broken', ...asking }: Case): Cause {
  const diagnosis = ask(changes, asking);
  const told = JSON.stringify(diagnosis.hops, null, 1);
  expect(
    diagnosis.causes.map((cause) => cause.id),
    told,
  ).toEqual([id]);
  expect(diagnosis.verdict, told).toBe(verdict);
  const [cause] = diagnosis.causes;
  if (!cause) throw new Error('no cause');
  if (subject !== undefined) expect(cause.subject).toMatch(subject);
  expect(cause.evidence.length).toBeGreaterThan(0);
  for (const { source, value } of cause.evidence) expect(`${source} ${value}`).not.toMatch(/undefined|^ | $/);
  expect(cause.more.length).toBeGreaterThan(80);
  return cause;
}

/** No cause of this id. */
export function expectNot(id: string, { changes, ...asking }: Case): void {
  const { causes } = ask(changes, asking);
  expect(causes.map((cause) => cause.id)).not.toContain(id);
}
