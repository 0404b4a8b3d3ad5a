import { instance } from '@viz-js/viz';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText } from '../../../../src/model/clean-text.ts';
import { graphDot } from '../../../../src/view/graph/dot.ts';
import { graphMermaid } from '../../../../src/view/graph/mermaid.ts';
import { graphText } from '../../../../src/view/graph/text.ts';
import { buildGraph } from '../../../../src/view/graph/wiring-graph.ts';
import { link, namespace, snapshot } from '../../../helpers/made-up.ts';

const bridge = { ifindex: 3, name: 'docker0' };
const host = namespace({
  id: '1',
  name: 'host',
  kind: 'host',
  links: [
    link({ ifindex: 1, name: 'lo', kind: 'loopback' }),
    link({ ifindex: 2, name: 'up0', kind: 'device', addresses: ['192.0.2.2/24', 'fe80::1/64'] }),
    link({ ...bridge, kind: 'bridge', addresses: ['172.17.0.1/16'], network: 'bridge' }),
    link({ ifindex: 4, name: 'v1', master: bridge, peer: { namespace: '2', ifindex: 2, name: 'eth0' } }),
    link({
      ifindex: 5,
      name: 'v2',
      master: bridge,
      peer: { namespace: '3', ifindex: 2, name: 'eth0' },
      operState: 'down',
    }),
    link({ ifindex: 6, name: 'up0.7', kind: 'vlan', parent: { namespace: '1', ifindex: 2, name: 'up0' } }),
    link({ ifindex: 7, name: 'lost', peerUnknown: 'peer ifindex 7 in nsid 3, not visible' }),
  ],
});
const web = namespace({
  id: '2',
  name: 'web',
  links: [link({ addresses: ['172.17.0.2/16'], peer: { namespace: '1', ifindex: 4, name: 'v1' } })],
});
const db = namespace({
  id: '3',
  name: 'db',
  links: [
    link({ peer: { namespace: '1', ifindex: 5, name: 'v2' } }),
    link({ ifindex: 3, name: 'mac0', kind: 'macvlan', parent: { namespace: '1', ifindex: 2, name: 'up0' } }),
  ],
});
const empty = namespace({ id: '4', name: 'empty', kind: 'named', links: [link({ kind: 'loopback' })] });
const picture = snapshot({ namespaces: [host, web, db, empty] });

describe('the wiring', () => {
  test('as text is a tree by bridge, each wire told once', () => {
    expect(graphText(buildGraph(picture, []))).toEqual([
      'host',
      '  up0 (device) 192.0.2.2/24',
      '  ├ up0.7 (vlan)',
      '  └ db/mac0 (macvlan)',
      '  docker0 (bridge) 172.17.0.1/16 · network bridge',
      '  ├ v1 ⇄ web/eth0 172.17.0.2/16',
      '  └ v2 · down ⇄ db/eth0',
      '  lost · peer ifindex 7 in nsid 3, not visible',
    ]);
  });

  test('of one namespace shows it with what it hangs on', () => {
    expect(graphText(buildGraph(picture, [web]))).toEqual([
      'host',
      '  docker0 (bridge) 172.17.0.1/16 · network bridge',
      '  └ v1 ⇄ web/eth0 172.17.0.2/16',
    ]);
    expect(graphText(buildGraph(picture, [empty]))).toEqual(['empty (named)', '  only loopback']);
  });

  test('has each pair, each port and each parent once', () => {
    expect(buildGraph(picture, []).edges).toEqual([
      { kind: 'veth', from: 'n0l4', to: 'n1l2' },
      { kind: 'port', from: 'n0l4', to: 'n0l3' },
      { kind: 'veth', from: 'n0l5', to: 'n2l2' },
      { kind: 'port', from: 'n0l5', to: 'n0l3' },
      { kind: 'parent', from: 'n0l6', to: 'n0l2' },
      { kind: 'parent', from: 'n2l3', to: 'n0l2' },
    ]);
  });

  test('as a Mermaid flowchart', () => {
    expect(graphMermaid(buildGraph(picture, [web]))).toBe(
      [
        'flowchart LR',
        '  subgraph n0["host"]',
        '    n0l3["docker0<br/>bridge<br/>172.17.0.1/16<br/>network bridge"]',
        '    n0l4["v1<br/>veth"]',
        '  end',
        '  subgraph n1["web<br/>container"]',
        '    n1l2["eth0<br/>veth<br/>172.17.0.2/16"]',
        '  end',
        '  n0l4 === n1l2',
        '  n0l4 -.-> n0l3',
      ].join('\n'),
    );
  });
});

describe('hostile names', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }).map(cleanText);
  const evil = fc.oneof(
    name,
    fc.constantFrom(
      '"];}',
      '\\',
      '\\"',
      'a\\N',
      '&lt;b&gt;',
      '<b>',
      '#quot;',
      '`x`',
      '--> n0',
      '%%',
      'end',
      '--help',
    ),
  );
  const draw = (each: string) =>
    buildGraph(
      snapshot({ namespaces: [namespace({ id: '1', name: each, links: [link({ name: each })] })] }),
      [],
    );

  test('stay names in Mermaid', () => {
    fc.assert(
      fc.property(evil, (each) => {
        const lines = graphMermaid(draw(each)).split('\n');
        expect(lines).toHaveLength(4);
        expect(lines[2]).toMatch(/^ {4}n0l2\["[^"`<>&\\]*<br\/>veth"\]$/);
      }),
    );
  });

  test('stay names in dot, as Graphviz itself reads it', async () => {
    const graphviz = await instance();
    fc.assert(
      fc.property(evil, (each) => {
        const { objects } = JSON.parse(graphviz.renderString(graphDot(draw(each)), { format: 'json' }));
        expect(objects.map((one: { name: string }) => one.name).sort()).toEqual(['cluster_n0', 'n0l2']);
        const svg = graphviz.renderString(graphDot(draw(each)), { format: 'svg' });
        const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
          unescapeXml(text),
        );
        expect(texts.filter((text) => text === each)).toHaveLength(each.trim() === '' ? 0 : 2);
      }),
      { numRuns: 60 },
    );
  });
});

function unescapeXml(text: string): string {
  return text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
