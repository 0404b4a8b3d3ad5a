import { describe, expect, test } from 'vitest';
import { readRulesets } from '../../../../probes/iptables/read.ts';
import type { Ruleset } from '../../../../src/model/firewall.ts';
import {
  type Command,
  type Finished,
  type NamespaceHandle,
  type System,
  SystemError,
} from '../../../../src/system/system.ts';

const HEADER_BYTES = 16;
const SAVED = '*filter\n:FORWARD DROP [0:0]\n[1:60] -A FORWARD -i docker0 -j ACCEPT\nCOMMIT\n';
const ok = (stdout = ''): Finished => ({ stdout, stderr: '', exitCode: 0 });

/** A netlink message: header, nfgenmsg of this family, NFTA_TABLE_NAME. */
function tableMessage(family: number, name: string): Uint8Array {
  const padded = (name.length + 4) & ~3;
  const bytes = new Uint8Array(HEADER_BYTES + 4 + 4 + padded);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 0x0a00, true);
  view.setUint32(8, 1, true);
  bytes[HEADER_BYTES] = family;
  view.setUint16(HEADER_BYTES + 4, 4 + name.length + 1, true);
  view.setUint16(HEADER_BYTES + 6, 1, true);
  bytes.set(new TextEncoder().encode(name), HEADER_BYTES + 8);
  return bytes;
}

const DONE = (() => {
  const bytes = new Uint8Array(HEADER_BYTES + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 3, true);
  view.setUint32(8, 1, true);
  return bytes;
})();

/** Both families have a table that iptables-nft made. */
const IPTABLES = [tableMessage(2, 'filter'), tableMessage(10, 'filter'), DONE];

type Machine = {
  readonly programs?: Readonly<Record<string, Finished | Error>>;
  readonly files?: Readonly<Record<string, string | Error>>;
  /** What the kernel says of nftables' tables, and of its sets. */
  readonly nft?: readonly Uint8Array[] | Error;
  readonly sets?: readonly Uint8Array[];
  readonly generation?: () => number;
  /** The kernel refuses to say its rules. */
  readonly rules?: Error;
};

/** NFT_MSG_GET* of the subsystem nftables, where the request's header has its type. */
const GET_SET = 0x0a0a;
const GET_CHAIN = 0x0a04;
const GET_RULE = 0x0a07;
const GET_GENERATION = 0x0a10;

/** NFTA_GEN_ID */
function generationMessage(generation: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, 0x0a0f, true);
  view.setUint32(8, 1, true);
  view.setUint16(HEADER_BYTES + 4, 8, true);
  view.setUint16(HEADER_BYTES + 6, 1, true);
  view.setUint32(HEADER_BYTES + 8, generation, true);
  return bytes;
}

/** A machine with these programs, and the order in which they were run. */
function machine({
  programs = {},
  files = {},
  nft = IPTABLES,
  sets = [DONE],
  generation = () => 1,
  rules,
}: Machine) {
  const ran: string[] = [];
  /** Programs that were started, and the kernel's rules where they were asked for. */
  const events: string[] = [];
  const run = async ({ argv, onStart }: Pick<Command, 'argv' | 'onStart'>) => {
    const command = argv.join(' ');
    ran.push(command);
    // A real program is not started in the same turn either.
    await new Promise(setImmediate);
    events.push(command);
    onStart?.();
    await new Promise(setImmediate);
    const answer = programs[command];
    if (answer instanceof Error) throw answer;
    if (!answer) throw new SystemError('ENOENT', `run ${argv[0]}`);
    return answer;
  };
  const namespace = {
    id: '42',
    readText: (path: string) => {
      const text =
        files[path.replace('/proc/thread-self/net/', '')] ?? new SystemError('ENOENT', `open ${path}`);
      if (text instanceof Error) throw text;
      return text;
    },
    openNetlink: () => {
      if (nft instanceof Error) throw nft;
      let answers: Uint8Array[] = [];
      const send = (message: Uint8Array) => {
        const type = new DataView(message.buffer).getUint16(4, true);
        if (type === GET_RULE) events.push('rules of the kernel');
        if (type === GET_RULE && rules) throw rules;
        if (type === GET_GENERATION) answers = [generationMessage(generation())];
        else answers = type === GET_CHAIN || type === GET_RULE ? [] : [...(type === GET_SET ? sets : nft)];
      };
      return { send, receive: () => answers.shift() ?? DONE, close: () => {} };
    },
  } as unknown as NamespaceHandle;
  const system = { processes: { run } } as unknown as Pick<System, 'processes'>;
  return { ran, events, read: () => readRulesets(system, namespace) };
}

const MODERN = { 'iptables-nft-save -c': ok(SAVED), 'ip6tables-nft-save -c': ok() };
const kinds = (rulesets: readonly { family: string; flavour: string }[]) =>
  rulesets.map(({ family, flavour }) => `${family} ${flavour}`);

describe('reading the rules of a namespace', () => {
  test('asks the kernel for its rules while the tools work, which have been started by then', async () => {
    const { events, read } = machine({ programs: MODERN });
    await read();
    const asked = 'rules of the kernel';
    expect(events).toHaveLength(4);
    expect(events.indexOf(asked)).toBeGreaterThan(events.indexOf('iptables-nft-save -c'));
    expect(events.lastIndexOf(asked)).toBeGreaterThan(events.indexOf('ip6tables-nft-save -c'));
  });

  test('is one gap for each family where kernel and tool both refuse', async () => {
    const rules = new SystemError('EPERM', 'netlink send');
    const failed = { stdout: '', stderr: 'broken', exitCode: 1 };
    const programs = { 'iptables-nft-save -c': failed, 'ip6tables-nft-save -c': failed };
    const { rulesets, gaps } = await machine({ programs, rules }).read();
    expect(kinds(rulesets)).toEqual(['ipv4 legacy', 'ipv6 legacy']);
    expect(gaps.map(({ probe }) => probe)).toEqual(['iptables', 'iptables']);
    expect(gaps[0]?.reason).toContain('netlink send');
  });

  test('runs no legacy tool where the kernel has no legacy tables, and takes that as proof', async () => {
    const { ran, read } = machine({ programs: MODERN });
    const { rulesets, gaps } = await read();
    expect(ran).toEqual(['iptables-nft-save -c', 'ip6tables-nft-save -c']);
    expect(kinds(rulesets)).toEqual(['ipv4 nft', 'ipv4 legacy', 'ipv6 nft', 'ipv6 legacy']);
    expect(rulesets[0]?.tables[0]?.chains[0]?.rules).toHaveLength(1);
    expect(gaps).toEqual([]);
  });

  test('runs no tool where the kernel knows no table of that family, and takes that as proof', async () => {
    const nft = [tableMessage(2, 'nat'), tableMessage(1, 'filter'), DONE];
    const { ran, read } = machine({ programs: MODERN, nft });
    const { rulesets } = await read();
    expect(ran.filter((command) => !command.startsWith('nft '))).toEqual(['iptables-nft-save -c']);
    expect(kinds(rulesets)).toEqual(['ipv4 nft', 'ipv4 legacy', 'ipv6 nft', 'ipv6 legacy']);
    expect(rulesets[2]?.tables).toEqual([]);
  });

  test('reads legacy rules where the kernel names a legacy table', async () => {
    const programs = { ...MODERN, 'iptables-legacy-save -c': ok(SAVED) };
    const { ran, read } = machine({ programs, files: { ip_tables_names: 'filter\n', ip6_tables_names: '' } });
    const { rulesets } = await read();
    expect(ran).toContain('iptables-legacy-save -c');
    expect(rulesets[1]?.tables).toHaveLength(1);
  });

  test('an unreadable list of legacy tables is a gap, not an absence', async () => {
    const files = { ip_tables_names: new SystemError('EACCES', 'open ip_tables_names') };
    const { rulesets, gaps } = await machine({ programs: MODERN, files }).read();
    expect(kinds(rulesets)).not.toContain('ipv4 legacy');
    expect(gaps).toMatchObject([
      { probe: 'iptables', namespace: '42', needs: 'run as root (CAP_NET_ADMIN)' },
    ]);
  });

  test('a tool that is missing leaves a gap that says what to install', async () => {
    const { rulesets, gaps } = await machine({}).read();
    expect(kinds(rulesets)).toEqual(['ipv4 legacy', 'ipv6 legacy']);
    expect(gaps).toMatchObject([
      { probe: 'iptables', needs: 'apt install iptables' },
      { probe: 'iptables', needs: 'apt install iptables' },
    ]);
  });

  test.each([
    [
      'a failing tool',
      { stdout: '*filter\n', stderr: 'broken\u001b[31m', exitCode: 1 },
      /exit code 1: broken\\x1b/,
    ],
    ['a tool that hangs', new SystemError('ETIMEDOUT', 'iptables-nft-save -c'), /ETIMEDOUT/],
  ])('%s leaves a gap and no ruleset', async (_, answer, reason) => {
    const { rulesets, gaps } = await machine({
      programs: { ...MODERN, 'iptables-nft-save -c': answer },
    }).read();
    expect(kinds(rulesets)).not.toContain('ipv4 nft');
    expect(gaps[0]?.reason).toMatch(reason);
  });

  test('where only plain iptables-save exists, its version tells the flavour', async () => {
    const programs = {
      'iptables-save --version': ok('iptables-save v1.8.9 (nf_tables)\n'),
      'iptables-save -c': ok(SAVED),
      'ip6tables-save --version': ok('ip6tables-save v1.6.1\n'),
    };
    const { ran, read } = machine({ programs });
    const { rulesets, gaps } = await read();
    expect(kinds(rulesets)).toEqual(['ipv4 nft', 'ipv4 legacy', 'ipv6 legacy']);
    expect(ran).not.toContain('ip6tables-save -c');
    expect(gaps[0]?.reason).toMatch(/other flavour/);
  });

  test('a table that iptables cannot print is a gap', async () => {
    const line = "# Table `raw' contains incompatible base-chains, use 'nft' tool to list them.\n";
    const { gaps } = await machine({
      programs: { ...MODERN, 'iptables-nft-save -c': ok(line + SAVED) },
    }).read();
    expect(gaps[0]?.reason).toMatch(/incompatible base-chains/);
  });

  test("nftables' own tables are nft's to print, those of iptables-nft are not", async () => {
    const nft = [tableMessage(2, 'filter'), tableMessage(1, 'fw'), tableMessage(1, 'filter'), DONE];
    const { ran, read } = machine({
      programs: {
        ...MODERN,
        'nft -j list table inet fw': ok('{"nftables": [{"table": {"handle": 7}}]}'),
        'nft -s -a -t list table inet fw': ok(),
      },
      nft,
    });
    const { nftables, gaps } = await read();
    expect(nftables).toMatchObject([{ family: 'inet', name: 'fw', handle: 7 }]);
    expect(gaps).toMatchObject([{ probe: 'nft', namespace: '42', needs: 'apt install nftables' }]);
    expect(gaps[0]?.reason).toMatch(/^nftables table inet filter: /);
    expect(ran).not.toContain('nft -j list table ip filter');
  });

  test('a table whose name would be a command to nft is never handed to it', async () => {
    const { ran, read } = machine({
      programs: MODERN,
      nft: [tableMessage(2, 'x; flush ruleset'), tableMessage(2, '-f'), DONE],
    });
    const { nftables, gaps } = await read();
    expect(ran.filter((command) => command.startsWith('nft'))).toEqual([]);
    expect(nftables).toBeUndefined();
    expect(gaps.filter(({ probe }) => probe === 'nft')).toHaveLength(2);
  });

  test('rules that change while they are read are read again, and a gap says when they never hold still', async () => {
    let generation = 0;
    const { ran, read } = machine({
      programs: {
        ...MODERN,
        'nft -j list table inet fw': ok('{"nftables": []}'),
        'nft -s -a -t list table inet fw': ok(),
      },
      nft: [tableMessage(1, 'fw'), DONE],
      generation: () => ++generation,
    });
    expect((await read()).gaps).toMatchObject([
      { reason: expect.stringMatching(/changed during each of 3/) },
    ]);
    expect(ran.filter((command) => command.startsWith('nft -j'))).toHaveLength(3);
  });

  test('a kernel that refuses to list nftables tables leaves a gap', async () => {
    const { gaps } = await machine({ programs: MODERN, nft: new SystemError('EPERM', 'socket') }).read();
    expect(gaps.at(-1)).toMatchObject({ probe: 'nft', reason: expect.stringContaining('EPERM') });
  });

  const sets = [tableMessage(2, 'filter'), tableMessage(1, 'filter'), DONE];
  const ipv4Of = (rulesets: readonly Ruleset[]) =>
    rulesets.find(({ family, flavour }) => family === 'ipv4' && flavour === 'nft');

  test('a table in which somebody used sets comes from nft: iptables prints its rules without them', async () => {
    const programs = {
      ...MODERN,
      'nft -j list table ip filter': ok('{"nftables": []}'),
      'nft -s -a -t list table ip filter': ok(),
    };
    const { rulesets, nftables, gaps } = await machine({ programs, sets }).read();
    expect(ipv4Of(rulesets)).toMatchObject({ tables: [], unparsed: [] });
    expect(nftables).toMatchObject([{ family: 'ip', name: 'filter' }]);
    expect(gaps).toEqual([]);
  });

  test('without nft, such a table is a gap and not believed', async () => {
    const { rulesets, gaps } = await machine({ programs: MODERN, sets }).read();
    expect(ipv4Of(rulesets)?.tables).toEqual([]);
    expect(ipv4Of(rulesets)?.unparsed).toHaveLength(1);
    expect(gaps).toMatchObject([
      { probe: 'iptables', reason: expect.stringContaining('iptables did not write') },
      { probe: 'nft', needs: 'apt install nftables' },
    ]);
  });
});
