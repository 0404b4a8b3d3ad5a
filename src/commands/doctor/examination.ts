/** One thing that the doctor looks at. */
import { type System, SystemError } from '../../system/system.ts';
import type { CommandContext } from '../command.ts';

/** `missing` of an essential thing means that netpeek shows little or nothing. */
export type Finding = {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'missing';
  readonly detail: string;
  /** What to install or to grant. */
  readonly advice?: string;
  readonly essential?: boolean;
};

export type Examination = (
  system: System,
  context: CommandContext,
) => readonly Finding[] | Promise<readonly Finding[]>;

/** What a question answered; undefined, and why, where it could not be. A mistake of our own is thrown on. */
export function attempt<T>(ask: () => T): { readonly answer: T } | { readonly refusal: string } {
  try {
    return { answer: ask() };
  } catch (error) {
    if (error instanceof SystemError) return { refusal: error.code };
    if (error instanceof Error && error.name === 'NetlinkError') return { refusal: error.message };
    throw error;
  }
}

/** The text of a file, without its last newline; undefined where it cannot be read. */
export function readOrNothing({ files }: System, path: string): string | undefined {
  const read = attempt(() => files.readText(path).trimEnd());
  return 'answer' in read ? read.answer : undefined;
}
