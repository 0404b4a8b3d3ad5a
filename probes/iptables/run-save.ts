/** Runs the right one of the iptables-save programs; which are installed differs between distributions. */
import type { Family } from '../../src/model/address.ts';
import { cleanText } from '../../src/model/clean-text.ts';
import type { Ruleset } from '../../src/model/firewall.ts';
import { type NamespaceHandle, type Processes, SystemError } from '../../src/system/system.ts';

type Flavour = Ruleset['flavour'];

const PREFIX: Readonly<Record<Family, string>> = { ipv4: 'iptables', ipv6: 'ip6tables' };
/** Characters of a tool's complaint that are kept: two lines of it. */
const COMPLAINT_CHARACTERS = 200;

/** The dump with counters. `onStart` is called when a tool runs. Throws `SystemError` where none could make it. */
export async function runSave(
  processes: Processes,
  namespace: NamespaceHandle,
  { family, flavour }: { readonly family: Family; readonly flavour: Flavour },
  onStart: () => void = () => undefined,
): Promise<string> {
  const special = `${PREFIX[family]}-${flavour}-save`;
  try {
    return await run(processes, namespace, [special, '-c'], onStart);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOENT') throw error;
  }
  const plain = `${PREFIX[family]}-save`;
  const version = await run(processes, namespace, [plain, '--version']);
  if (flavourOf(version) !== flavour)
    throw new SystemError('ENOENT', `run ${special}`, `not installed, and ${plain} is of the other flavour`);
  return run(processes, namespace, [plain, '-c'], onStart);
}

/** `iptables-save v1.8.9 (nf_tables)`, `(legacy)`, or before 1.8 neither: that was legacy. */
function flavourOf(version: string): Flavour {
  return version.includes('nf_tables') ? 'nft' : 'legacy';
}

async function run(
  processes: Processes,
  namespace: NamespaceHandle,
  argv: readonly [string, ...string[]],
  onStart?: () => void,
): Promise<string> {
  const { stdout, stderr, exitCode } = await processes.run({
    argv,
    namespace,
    ...(onStart ? { onStart } : {}),
  });
  if (exitCode === 0) return stdout;
  const complaint = cleanText(stderr.trim().slice(0, COMPLAINT_CHARACTERS));
  const code = /permission|must be root/i.test(stderr) ? 'EPERM' : 'EIO';
  throw new SystemError(code, argv.join(' '), `exit code ${exitCode}: ${complaint}`);
}
