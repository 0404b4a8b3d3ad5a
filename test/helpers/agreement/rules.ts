/** Rulesets as the generators make them: text in the user's dialects, rule by rule, so that one can be left out. */

export type Dialect = 'iptables-nft' | 'iptables-legacy' | 'nft';

export type RandomRule = {
  /** Without `-A CHAIN`, or as it stands between the braces of an nft chain. */
  readonly text: string;
  /** Uses what nobody can evaluate beforehand: rates, chance, the kernel's own choice of a port. */
  readonly uncertain: boolean;
};

export type RandomChain = {
  readonly name: string;
  /** iptables: the policy's word; nft: `type … hook … priority …; policy …;`. Absent: not a base chain. */
  readonly base?: string;
  readonly rules: readonly RandomRule[];
};

export type RandomTable = {
  readonly dialect: Dialect;
  readonly family: 'ip' | 'ip6' | 'inet';
  readonly name: string;
  /** Named sets and maps of nft. */
  readonly declarations: readonly string[];
  readonly chains: readonly RandomChain[];
};

/** In the order in which they are loaded. */
export type RandomRules = readonly RandomTable[];

/** What is given to which program to load it. */
export type Loading = { readonly argv: readonly [string, ...string[]]; readonly input: string };

const TOOLS: Readonly<Record<string, string>> = {
  'iptables-nft/ip': 'iptables-nft-restore',
  'iptables-nft/ip6': 'ip6tables-nft-restore',
  'iptables-legacy/ip': 'iptables-legacy-restore',
  'iptables-legacy/ip6': 'ip6tables-legacy-restore',
};

/** One run of a tool for each table, in their order; tables that are not named stay as they are. */
export function loadings(rules: RandomRules): readonly Loading[] {
  return rules.map((table): Loading => {
    if (table.dialect === 'nft') return { argv: ['nft', '-f', '-'], input: nftText(table) };
    const tool = TOOLS[`${table.dialect}/${table.family}`];
    if (tool === undefined) throw new Error(`no tool for ${table.dialect} ${table.family}`);
    return { argv: [tool], input: iptablesText(table) };
  });
}

function iptablesText({ name, chains }: RandomTable): string {
  return [
    `*${name}`,
    ...chains.map((chain) => `:${chain.name} ${chain.base ?? '-'} [0:0]`),
    ...chains.flatMap((chain) => chain.rules.map(({ text }) => `-A ${chain.name} ${text}`)),
    'COMMIT',
    '',
  ].join('\n');
}

function nftText({ family, name, declarations, chains }: RandomTable): string {
  return [
    `table ${family} ${name} {`,
    ...declarations.map((line) => `  ${line}`),
    // A chain must be there before a rule jumps to it.
    ...chains.map((chain) => `  chain ${chain.name} { ${chain.base ?? ''} }`),
    ...chains.flatMap((chain) => [
      `  chain ${chain.name} {`,
      ...chain.rules.map(({ text }) => `    ${text}`),
      '  }',
    ]),
    '}',
    '',
  ].join('\n');
}

/** The whole, as a person would type it in. */
export function printRules(rules: RandomRules): string {
  return loadings(rules)
    .map(({ argv, input }) => `# ${argv.join(' ')} <<'END'\n${input}`)
    .join('\n');
}

export function isUncertain(rules: RandomRules): boolean {
  return rules.some(({ chains }) => chains.some((chain) => chain.rules.some(({ uncertain }) => uncertain)));
}
