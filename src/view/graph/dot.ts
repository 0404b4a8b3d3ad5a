/** The wiring in Graphviz's language (graphviz.org/doc/info/lang.html): a cluster for each namespace. */
import { labelOf } from './label.ts';
import type { Graph, GraphEdge } from './wiring-graph.ts';

const STYLE: Readonly<Record<GraphEdge['kind'], string>> = {
  veth: 'dir=both, arrowhead=none, arrowtail=none, penwidth=2',
  port: 'style=dashed',
  parent: 'style=dotted',
};

export function graphDot({ namespaces, edges }: Graph): string {
  const clusters = namespaces.flatMap(({ key, name, kind, links }) => [
    `  subgraph cluster_${key} {`,
    `    label=${quote(kind === 'host' ? [name] : [name, kind])};`,
    ...links.map((link) => `    ${link.key} [label=${quote(labelOf(link))}];`),
    ...(links.length === 0 ? [`    ${key}_empty [label="only loopback", shape=plaintext];`] : []),
    '  }',
  ]);
  return [
    'digraph netpeek {',
    '  rankdir=LR;',
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    '  graph [fontname="sans-serif", style=rounded];',
    ...clusters,
    ...edges.map(({ kind, from, to }) => `  ${from} -> ${to} [${STYLE[kind]}];`),
    '}',
  ].join('\n');
}

/** A quoted string; in labels a backslash begins an escape and an ampersand an entity. XML knows no U+FFFE and U+FFFF. */
function quote(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line
      .replaceAll(/[\ufffe\uffff]/g, '?')
      .replaceAll('&', '&amp;')
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"'),
  );
  return `"${escaped.join('\\n')}"`;
}
