/** docs/keys.md, made from the key table; a test compares the file with this. */
import { type BindingGroup, KEY_GROUPS } from './actions.ts';
import { formatKey } from './match.ts';

export function formatKeysMarkdown(groups: readonly BindingGroup[] = KEY_GROUPS): string {
  const sections = groups.map(({ title, bindings }) => {
    const rows = bindings.map(({ keys, help }) => `| ${keys.map(formatCode).join(' ')} | ${help} |`);
    return [`## ${title}`, '', '| key | what it does |', '|---|---|', ...rows].join('\n');
  });
  return `${[INTRO, ...sections].join('\n\n')}\n`;
}

const INTRO = `# Keys

Made from the key table in \`src/keys/actions.ts\`; write it anew with
\`UPDATE_DOCS=1 npx vitest run test/unit/keys\`. Inside netpeek, \`?\` shows the same.`;

function formatCode(key: string): string {
  return `\`${formatKey(key)}\``;
}
