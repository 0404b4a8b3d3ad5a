/** The wiring as a Mermaid flowchart (mermaid.js.org/syntax/flowchart.html), which Markdown viewers draw. */
import { labelOf } from './label.ts';
import type { Graph, GraphEdge } from './wiring-graph.ts';

const ARROW: Readonly<Record<GraphEdge['kind'], string>> = { veth: '===', port: '-.->', parent: '-.-o' };

export function graphMermaid({ namespaces, edges }: Graph): string {
  return [
    'flowchart LR',
    ...namespaces.flatMap(({ key, name, kind, links }) => [
      `  subgraph ${key}[${quote(kind === 'host' ? [name] : [name, kind])}]`,
      ...links.map((link) => `    ${link.key}[${quote(labelOf(link))}]`),
      ...(links.length === 0 ? [`    ${key}empty["only loopback"]`] : []),
      '  end',
    ]),
    ...edges.map(({ kind, from, to }) => `  ${from} ${ARROW[kind]} ${to}`),
  ].join('\n');
}

/** Whatever could end the text, or begin markup in it, as a character entity in Mermaid's writing. */
function quote(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replaceAll(/[^\p{L}\p{N} ._:/,()-]/gu, (character) => `#${character.codePointAt(0)};`),
  );
  return `"${escaped.join('<br/>')}"`;
}
