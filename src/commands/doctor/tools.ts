/** The programs that netpeek calls, and the engine that it asks. */
import { parseEngine } from '../../../probes/docker.ts';
import { readEngineChoice } from '../../../probes/engine-endpoint.ts';
import { cleanText } from '../../model/clean-text.ts';
import { type System, SystemError } from '../../system/system.ts';
import type { Examination, Finding } from './examination.ts';

type Tool = {
  readonly argv: readonly [string, ...string[]];
  readonly use: string;
  readonly packageName: string;
  /** Does the same where the first is not there. */
  readonly otherwise?: readonly [string, ...string[]];
};

const TOOLS: readonly Tool[] = [
  { argv: ['tcpdump', '--version'], use: 'captures', packageName: 'tcpdump' },
  {
    argv: ['iptables-nft-save', '--version'],
    otherwise: ['iptables-save', '--version'],
    use: 'iptables rules in nf_tables',
    packageName: 'iptables',
  },
  { argv: ['iptables-legacy-save', '--version'], use: 'legacy iptables rules', packageName: 'iptables' },
  { argv: ['nft', '--version'], use: 'nftables rules', packageName: 'nftables' },
  { argv: ['ip', '-V'], use: 'practice networks, and commands to do by hand', packageName: 'iproute2' },
  { argv: ['conntrack', '--version'], use: 'a command to do by hand', packageName: 'conntrack' },
];

/** Characters of a version line that are shown. */
const VERSION_CHARACTERS = 60;

export const examineTools: Examination = (system) =>
  Promise.all(
    TOOLS.map(async ({ argv, otherwise, use, packageName }): Promise<Finding> => {
      const [name] = argv;
      const version =
        (await askVersion(system, argv)) ?? (otherwise && (await askVersion(system, otherwise)));
      if (version !== undefined) return { name, state: 'ok', detail: version };
      const detail = `not installed: ${use}`;
      return { name, state: 'warn', detail, advice: `apt install ${packageName}` };
    }),
  );

/** The line with the version, wherever the program says it; undefined where there is no such program. */
async function askVersion(
  { processes }: System,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await processes.run({ argv });
    const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
    const line = lines.find((one) => /\d\.\d|\d{6}/.test(one)) ?? lines.find(Boolean) ?? 'version not told';
    return cleanText(line).slice(0, VERSION_CHARACTERS);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

export const examineEngine: Examination = async (system, { globals }) => {
  const { endpoint, explicit } = readEngineChoice(system, globals.dockerHost);
  try {
    const engine = parseEngine(await system.openEngine(endpoint).version(), endpoint);
    return [{ name: 'engine', state: 'ok', detail: `${engine.name} ${engine.version} at ${endpoint}` }];
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return [
      {
        name: 'engine',
        state: explicit ? 'missing' : 'warn',
        detail: `none at ${endpoint} (${error.code}): namespaces are shown without containers' names`,
        advice: 'start Docker or Podman, or name its socket with --docker-host',
        essential: explicit,
      },
    ];
  }
};
