/** Failures as gaps: what was not read, why, and what would help. */
import type { Gap } from '../model/gap.ts';

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'run as root',
  EPERM: 'run as root (CAP_SYS_ADMIN and CAP_NET_ADMIN)',
  EMFILE: 'raise the limit of open files (ulimit -n)',
};

/** Turns what a probe threw into a gap. A mistake of our own (TypeError and the like) is thrown on: it is no gap. */
export function gapOf(probe: string, error: unknown, namespace?: string): Gap {
  if (!(error instanceof Error) || error.name === 'TypeError' || error.name === 'ReferenceError') throw error;
  const { code } = error as { code?: unknown };
  const needs = typeof code === 'string' ? ADVICE[code] : undefined;
  return {
    probe,
    ...(namespace === undefined ? {} : { namespace }),
    reason: error.message,
    ...(needs === undefined ? {} : { needs }),
  };
}
