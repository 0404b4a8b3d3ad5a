/**
 * What is mutated to see whether hostile input crashes or hangs anything: dumps of real rules, in pieces that are small
 * enough for a million of them, and rules in the manner of programs that write many.
 */
import { readFileSync } from 'node:fs';
import { parseSave } from '../../../probes/iptables/parse-save.ts';
import { parseTable } from '../../../probes/nft/parse-table.ts';
import { snapshotJson } from '../../../src/view/json/snapshot.ts';
import { link, namespace, snapshot } from '../made-up.ts';
import { attr, done, int8, int32, ipv4, message, text } from '../netlink-bytes.ts';
import { checkout } from '../paths.ts';
import { MANNERS } from './manners.ts';

/** Who reads it; `ipset` is bytes, a character for each. */
export type Kind = 'iptables' | 'nft' | 'words' | 'snapshot' | 'ipset';
export type Specimen = { readonly kind: Kind; readonly text: string };

/** Rules of one specimen: enough for chains that call each other. */
const RULES = 10;
/** How often the one specimen of sets counts, beside about 200 others. */
const SETS = 20;

export function readCorpus(): readonly Specimen[] {
  const saves = [
    ...['container-nft-ipv4', 'docker-20.10-nft-ipv4', 'legacy-ipv4', 'odd-nft-ipv4', 'strange-nft-ipv4'].map(
      (name) => read(`fixtures/iptables/${name}.txt`),
    ),
    ...['docker-20.10', 'docker-28'].map((name) => read(`golden/${name}.txt`)),
    ...MANNERS,
  ];
  const tables = nftPieces(read('fixtures/nft/everything-fw.json'));
  return [
    ...saves.flatMap(savePieces).map((piece): Specimen => ({ kind: 'iptables', text: piece })),
    ...tables.map((piece): Specimen => ({ kind: 'nft', text: piece })),
    ...listingPieces(read('fixtures/nft/everything-fw.txt')).map(
      (piece): Specimen => ({ kind: 'words', text: piece }),
    ),
    ...tables.map((piece, index): Specimen => {
      const save = savePieces(MANNERS[index % MANNERS.length] ?? '')[0] ?? '';
      return { kind: 'snapshot', text: snapshotText(piece, save) };
    }),
    ...Array<Specimen>(SETS).fill({ kind: 'ipset', text: Buffer.from(setsDatagram()).toString('latin1') }),
  ];
}

function read(name: string): string {
  return readFileSync(`${checkout}/test/${name}`, 'utf8');
}

/** Each some rules of one table, with all of its chains. */
function savePieces(save: string): readonly string[] {
  return save.split(/^(?=\*)/m).flatMap((table) => {
    const lines = table.split('\n');
    const rules = lines.filter((line) => /^(\[\d+:\d+\] )?-A /.test(line));
    const others = lines.filter((line) => !rules.includes(line) && line !== 'COMMIT');
    return chunks(rules).map((piece) => [...others, ...piece, 'COMMIT', ''].join('\n'));
  });
}

/** Each some rules, with all chains and what the rules name of sets, maps and objects. */
function nftPieces(json: string): readonly string[] {
  const { nftables } = JSON.parse(json) as {
    readonly nftables: readonly Readonly<Record<string, unknown>>[];
  };
  const rules = nftables.filter((item) => 'rule' in item);
  const others = nftables.filter((item) => !('rule' in item));
  return chunks(rules).map((piece) => {
    const said = JSON.stringify(piece);
    const isNamed = (item: unknown) => {
      const [, name] = /"name":"([^"]*)"/.exec(JSON.stringify(item)) ?? [];
      return name === undefined || said.includes(name);
    };
    return JSON.stringify({ nftables: [...others.filter(isNamed), ...piece] });
  });
}

function listingPieces(listing: string): readonly string[] {
  return chunks(listing.split('\n').slice(30)).map((lines) =>
    ['table inet fw { # handle 1', '\tchain c { # handle 2', ...lines, '\t}', '}', ''].join('\n'),
  );
}

function snapshotText(nft: string, save: string): string {
  const host = namespace({
    id: '1',
    name: 'host',
    kind: 'host',
    links: [link({ name: 'eth0' }), link({ ifindex: 3, name: 'docker0', kind: 'bridge' })],
    addresses: [
      { ifindex: 2, family: 'ipv4', address: '10.0.0.2', prefixLength: 24, scope: 'global', flags: [] },
    ],
    rulesets: [parseSave(save, { family: 'ipv4', flavour: 'nft' })],
    nftables: [parseTable(nft, '', { family: 'inet', name: 'fw', flags: [], devices: new Map() })],
    ipsets: [
      {
        name: 'KUBE-CLUSTER-IP',
        type: 'hash:ip,port',
        family: 'ipv4',
        entries: entries('10.96.0.1,tcp:443'),
      },
      { name: 'blocked', type: 'hash:net', family: 'ipv4', entries: entries('10.0.0.0/8', '192.0.2.1') },
      { name: 'both', type: 'list:set', entries: entries('blocked', 'KUBE-CLUSTER-IP', 'both') },
    ],
  });
  return JSON.stringify(snapshotJson('1', snapshot({ namespaces: [host] })));
}

function entries(...elements: readonly string[]) {
  return elements.map((element) => ({ element, nomatch: false }));
}

/** Two sets as the kernel answers: addresses with ports, and prefixes with a link. */
function setsDatagram(): Uint8Array {
  const address = (value: string) => attr(1, attr(1, ipv4(value)));
  const port = (number: number) => attr(4, Uint8Array.of(number >> 8, number & 0xff));
  const set = (name: string, type: string, ...elements: readonly Uint8Array[][]) =>
    message(0x0607, [
      Uint8Array.of(2, 0, 0, 0),
      attr(2, text(name)),
      attr(3, text(type)),
      attr(5, int8(2)),
      attr(7, attr(20, int8(24))),
      attr(8, ...elements.map((parts) => attr(7, ...parts))),
    ]);
  return Buffer.concat([
    set('web', 'hash:ip,port', [address('10.0.0.1'), port(80), attr(7, int8(6))]),
    set(
      'blocked',
      'hash:net,iface',
      [address('10.0.0.0'), attr(3, int8(8)), attr(23, text('eth0')), attr(8, int32(0x80000000))],
      [address('10.1.0.0'), attr(3, int8(16)), attr(23, text('a')), attr(26, text('x" y'))],
    ),
    done(),
  ]);
}

function chunks<T>(list: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / RULES) }, (_, index) =>
    list.slice(index * RULES, (index + 1) * RULES),
  );
}
