/**
 * The four kinds of tests, each a folder. Unit tests run anywhere, side by side. The others need root and a built
 * program, and go one kind after the other: a lab, an engine and a terminal each want a core of the two CI has.
 */
import { defineConfig } from 'vitest/config';

/** Files at a time of each kind that uses labs, and milliseconds for one test or hook. */
const labKinds = [
  { name: 'kernel', maxWorkers: 2, limitMs: 60_000 },
  // An engine alone keeps both cores busy; the first test with Docker 28 may first have to fetch it.
  { name: 'docker', maxWorkers: 1, limitMs: 120_000 },
  { name: 'pty', maxWorkers: 2, limitMs: 60_000 },
];

const unit = { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], sequence: { groupOrder: 0 } };

export default defineConfig({
  test: {
    retry: 0,
    projects: [
      { test: unit },
      ...labKinds.map(({ name, maxWorkers, limitMs }, index) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.{ts,tsx}`],
          pool: 'forks' as const,
          maxWorkers,
          testTimeout: limitMs,
          hookTimeout: limitMs,
          sequence: { groupOrder: index + 1 },
          globalSetup: 'test/helpers/machine-guard.ts',
        },
      })),
    ],
  },
});
