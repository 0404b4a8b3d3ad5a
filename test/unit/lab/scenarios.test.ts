import { describe, expect, test } from 'vitest';
import { scenarios } from '../../../src/lab/index.ts';

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  'practice network %s',
  (_, scenario) => {
    const places = ['host', ...scenario.namespaces];
    const steps = [...scenario.steps, ...scenario.faults.flatMap(({ inject, mend }) => [...inject, ...mend])];

    test('runs its steps, faults and actors in its own namespaces', () => {
      for (const place of [...steps.map((step) => step.in), ...scenario.actors.map((actor) => actor.in)])
        expect(places).toContain(place);
    });

    test('has commands that need no shell', () => {
      for (const { run } of steps) expect(run).not.toMatch(/["'`$|;&<>\\]|^\s|\s$| {2}/);
    });

    test('gives every fault a name and a cause of its own, and a way to mend it', () => {
      expect(new Set(scenario.faults.map(({ name }) => name)).size).toBe(scenario.faults.length);
      expect(new Set(scenario.faults.map(({ cause }) => cause)).size).toBe(scenario.faults.length);
      for (const { inject, mend } of scenario.faults) expect([inject.length, mend.length]).not.toContain(0);
    });
  },
);
