/** Runs nft(8) for one table: for the meaning, and where it must be for the words. */
import { cleanText } from '../../src/model/clean-text.ts';
import { type NamespaceHandle, type Processes, SystemError } from '../../src/system/system.ts';
import type { KernelTable } from './parse-table.ts';

/** Characters of nft's complaint that are kept: two lines of it. */
const COMPLAINT_CHARACTERS = 200;
/**
 * What nft reads as a name. Its arguments are a command of its language: a table that somebody named `x; flush ruleset`
 * over netlink must never be handed to it.
 */
const NAME = /^[A-Za-z][A-Za-z0-9_./-]*$/;
/** JSON, or a listing without counters (they are in the JSON) and without the elements of named sets. */
const OPTIONS = { json: ['-j'], words: ['-s', '-a', '-t'] } as const;

/** What nft prints of the table. Throws `SystemError`. */
export async function runList(
  processes: Processes,
  namespace: NamespaceHandle,
  { family, name }: KernelTable,
  form: keyof typeof OPTIONS,
): Promise<string> {
  if (!NAME.test(name)) throw new SystemError('EINVAL', 'nft list table', 'nft cannot be asked by that name');
  const argv = ['nft', ...OPTIONS[form], 'list', 'table', family, name] as const;
  const { stdout, stderr, exitCode } = await processes.run({ argv: [...argv], namespace });
  if (exitCode === 0) return stdout;
  const complaint = cleanText(stderr.trim().slice(0, COMPLAINT_CHARACTERS));
  const code = /not permitted|must be root/i.test(stderr) ? 'EPERM' : 'EIO';
  throw new SystemError(code, argv.join(' '), `exit code ${exitCode}: ${complaint}`);
}
