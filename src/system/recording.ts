/** Everything a run read, in a form that can be kept in a file and read again: a test, or the heart of a bug report. */

/** An answer, or the failure in its place. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly operation: string; readonly message: string } };

/** What was said over one netlink socket, in order; bytes in base64. */
export type Transcript = readonly (
  | { readonly sent: string }
  | { readonly received: string }
  | { readonly failed: { readonly code: string; readonly operation: string } }
)[];

export type Recording = {
  readonly schema: 'netpeek.recording/1';
  readonly host: { readonly hostname: string; readonly uid: number; readonly pid: number };
  /** The environment variables that choose what is read. */
  readonly env: Readonly<Record<string, string>>;
  /** Outcomes by question, in the order they were given. */
  readonly outcomes: Readonly<Record<string, readonly Outcome[]>>;
  /** Transcripts by namespace and protocol, in the order the sockets were opened. */
  readonly sockets: Readonly<Record<string, readonly Transcript[]>>;
};

/** The variables that choose an engine; others are nobody's business in a bug report. */
export const RECORDED_ENV = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'HOME'] as const;

/** The name under which the answer to a question is kept. */
export function questionKey(...words: readonly string[]): string {
  return words.join(' ');
}
