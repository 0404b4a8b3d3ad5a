/** `netpeek graph`: the wiring as text, or as a drawing. */

import { EXIT, UserError } from '../model/user-error.ts';
import { realFiles } from '../system/files.ts';
import { version } from '../version.ts';
import { graphDot } from '../view/graph/dot.ts';
import { graphMermaid } from '../view/graph/mermaid.ts';
import { graphText } from '../view/graph/text.ts';
import { buildGraph, type Graph } from '../view/graph/wiring-graph.ts';
import { gapsOf, jsonDocument } from '../view/json/document.ts';
import type { Command, CommandContext } from './command.ts';
import { printGaps } from './print.ts';
import { requireTarget } from './require-target.ts';
import { takeSnapshot } from './take-snapshot.ts';

const FORMATS = ['text', 'mermaid', 'dot', 'svg', 'json'] as const;
type Format = (typeof FORMATS)[number];

/** A picture of the network is for its owner alone. */
const OWNER_ONLY = 0o600;

export const graph: Command = {
  name: 'graph',
  arguments: '[targets...]',
  fromFile: true,
  summary: 'the wiring: namespaces with their links, veth pairs, bridges with their ports, Docker networks',
  options: [
    { flags: '--format <format>', description: `${FORMATS.join(', ')} (default: text)`, values: FORMATS },
    { flags: '-o, --output <file>', description: "the file to write; absent or '-': stdout" },
  ],
  help: 'Examples:\n  netpeek graph\n  netpeek graph web --format svg -o web.svg     needs no Graphviz',
  run: async (context, { positional, options }) => {
    const format = chooseFormat(context, options.format);
    const system = await context.openSystem();
    const snapshot = await takeSnapshot(context, system, {
      sections: ['links', 'addresses'],
      processes: true,
    });
    const targets = positional.map((text) => requireTarget(snapshot, text, system.files).namespace);
    const wiring = buildGraph(snapshot, [...new Set(targets)]);
    const gaps = targets.length > 0 ? gapsOf(snapshot, wiring.namespaces) : snapshot.gaps;
    const text =
      format === 'json'
        ? JSON.stringify(jsonDocument('graph', version, { ...snapshot, gaps }, wiring))
        : await draw(wiring, format);
    const file = typeof options.output === 'string' ? options.output : '-';
    if (file === '-') context.out.line(text);
    else {
      try {
        // What reads a file is this machine's, whichever machine is drawn.
        realFiles().writeText(file, `${text}\n`, { mode: OWNER_ONLY, whole: true });
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (typeof code !== 'string') throw error;
        throw new UserError(EXIT.outside, `cannot write ${file}: ${code}`);
      }
    }
    if (format !== 'json') printGaps(context, snapshot, gaps);
    return EXIT.ok;
  },
};

function chooseFormat({ globals }: CommandContext, named: string | boolean | undefined): Format {
  if (named === undefined) return globals.json ? 'json' : 'text';
  const format = FORMATS.find((known) => known === named);
  if (format) return format;
  throw new UserError(EXIT.usage, `'${named}' is no format`, `choose from ${FORMATS.join(', ')}`);
}

async function draw(wiring: Graph, format: Exclude<Format, 'json'>): Promise<string> {
  switch (format) {
    case 'text':
      return graphText(wiring).join('\n') || 'no links';
    case 'mermaid':
      return graphMermaid(wiring);
    case 'dot':
      return graphDot(wiring);
    case 'svg': {
      // A megabyte of WebAssembly: only who wants a drawing pays for it.
      const { instance } = await import('@viz-js/viz');
      return (await instance()).renderString(graphDot(wiring), { format: 'svg' }).trimEnd();
    }
  }
}
