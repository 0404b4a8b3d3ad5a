/** The exit codes that scripts rely on (README, 'Exit codes'). */
export const EXIT = { ok: 0, problem: 1, usage: 2, noTarget: 3, notPermitted: 4, outside: 5 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An expected failure: what happened, what to do, and the exit code. Printed as `netpeek: what: todo`, never with a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: ExitCode;
  readonly advice: string | undefined;

  constructor(exitCode: ExitCode, message: string, advice?: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** Whether it is an expected failure. By name: the screen is bundled apart from the program, with a class of its own. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError' && 'exitCode' in error;
}
