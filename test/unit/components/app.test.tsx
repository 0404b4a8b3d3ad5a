import { afterEach, describe, expect, it } from 'vitest';
import { BINDINGS } from '../../../src/keys/actions.ts';
import { formatKeys } from '../../../src/keys/match.ts';
import { findNamespace } from '../../../src/model/snapshot.ts';
import type { Socket } from '../../../src/model/socket.ts';
import type { Message } from '../../../src/store/messages.ts';
import { measureCells } from '../../../src/view/cells.ts';
import { DB_ID, HOST_ID, makeLink, makeSnapshot, makeStats, WEB_ID } from './fixture-snapshot.ts';
import { KEY, openScreen } from './screen.tsx';

let screen: ReturnType<typeof openScreen>;

function open(columns = 80, rows = 24): typeof screen {
  screen = openScreen(columns, rows);
  screen.send({ kind: 'snapshot', snapshot: makeSnapshot(), attached: [] });
  return screen;
}

afterEach(() => screen.close());

async function openWeb(columns?: number, rows?: number): Promise<typeof screen> {
  open(columns, rows);
  await screen.shows('● web');
  screen.press('/');
  await screen.shows('Enter keep');
  screen.press('wb');
  await screen.shows('▸● web');
  screen.press(KEY.enter);
  await screen.hides('Enter keep');
  return screen;
}

function fresh(packets: number, atMs: number): Message {
  const namespace = findNamespace(makeSnapshot(), WEB_ID);
  if (namespace === undefined) throw new Error('the fixture has no web');
  const stats = makeStats(packets * 1000, packets * 500);
  const links = namespace.links?.map((link) => (link.name === 'eth0' ? { ...link, stats } : link)) ?? [];
  return { kind: 'namespace', namespace: { ...namespace, links }, gaps: [], atMs };
}

describe('the frame', () => {
  it('fills the terminal exactly, at 80×24 as at 160×50, with wide names in it', async () => {
    for (const [columns, rows] of [
      [80, 24],
      [160, 50],
    ] as const) {
      open(columns, rows);
      const lines = (await screen.shows('数据库')).split('\n');
      expect(lines).toHaveLength(rows);
      expect(lines.map(measureCells)).toEqual(lines.map(() => columns));
      screen.close();
    }
  });

  it('names the host, the engine, the namespaces and the gaps', async () => {
    open();
    const frame = await screen.shows('vm-12');
    expect(frame.split('\n')[0]).toMatch(
      /netpeek · vm-12 · Docker 28\.5\.1 · 7 namespaces ─+ ! 2 gaps · \? help/,
    );
  });

  it('lists containers with their address, stopped ones with their state', async () => {
    open();
    const frame = await screen.shows('old-batch');
    expect(frame).toMatch(/● web +172\.17\.0\.2/);
    expect(frame).toMatch(/◌ old-batch +exited/);
    expect(frame).toMatch(/○ blue +10\.244\.1\.3/);
  });

  it('says calmly that the terminal is too small, and recovers', async () => {
    open();
    await screen.shows('● web');
    screen.resize(60, 20);
    const frame = await screen.shows('netpeek needs 80×24.');
    expect(frame).toContain('This terminal is 60×20.');
    screen.resize(100, 30);
    expect((await screen.shows('● web')).split('\n')).toHaveLength(30);
  });
});

describe('the list', () => {
  it('narrows loosely, and shows the wiring of the best hit', async () => {
    await openWeb();
    expect(screen.frame()).toContain('web  eth0 172.17.0.2/16 ⇄ veth3f2a1b → docker0');
    expect(screen.frame()).not.toContain('● db');
    screen.press(KEY.esc);
    await screen.shows('● db');
  });

  it('asks the session to keep the chosen namespace fresh', async () => {
    await openWeb();
    expect(screen.requests.at(-1)).toEqual({
      kind: 'focus',
      namespace: WEB_ID,
      sections: ['links', 'addresses'],
    });
    screen.press('2');
    await screen.shows('destination');
    expect(screen.requests.at(-1)).toMatchObject({ sections: ['links', 'addresses', 'routes'] });
  });
});

describe('the panes', () => {
  it('switch by number and by brackets', async () => {
    await openWeb();
    screen.press('2');
    expect(await screen.shows('destination')).toMatch(/default +172\.17\.0\.1 +eth0/);
    screen.press('3');
    expect(await screen.shows('reachable')).toMatch(/172\.17\.0\.9 +eth0 +failed/);
    screen.press(']');
    await screen.shows('no NAT rules in this namespace');
    screen.press('[');
    await screen.shows('reachable');
  });

  it('show rates from two readings, and a chart', async () => {
    await openWeb(160, 50);
    screen.send(fresh(0, 1000));
    screen.send(fresh(500, 2000));
    expect(await screen.shows('rx 500 kB/s   tx 250 kB/s')).toMatch(
      /eth0 +up +172\.17\.0\.2\/16 .* 500 kB\/s +250 kB\/s/,
    );
    screen.send(fresh(1000, 3000));
    await screen.shows('in kB/s');
    await screen.shows('⡇');
  });

  it('say how old their facts are', async () => {
    await openWeb();
    expect(screen.frame()).toMatch(/4 NAT › +now/);
    screen.pass(12_000);
    await screen.shows('12 s ago');
  });

  it('show what NAT rules gained since the user looks', async () => {
    open(160, 50);
    await screen.shows('● web');
    screen.press('g4');
    const before = findNamespace(makeSnapshot(), HOST_ID);
    if (before === undefined) throw new Error('the fixture has no host');
    screen.send({ kind: 'namespace', namespace: before, gaps: [], atMs: 1 });
    const text = JSON.stringify(before.rulesets).replaceAll('"packets":318', '"packets":325');
    screen.send({
      kind: 'namespace',
      namespace: { ...before, rulesets: JSON.parse(text) },
      gaps: [],
      atMs: 2,
    });
    expect(await screen.shows('+7')).toMatch(/325 +\+7 +published 8080\/tcp → web 172\.17\.0\.2:80, by DNAT/);
  });

  it('show what the firewall gained, beside the same rules of the NAT pane', async () => {
    open();
    await screen.shows('● web');
    screen.press('g5');
    const before = findNamespace(makeSnapshot(), HOST_ID);
    if (before === undefined) throw new Error('the fixture has no host');
    screen.send({ kind: 'namespace', namespace: before, gaps: [], atMs: 1 });
    expect(await screen.shows('5 Firewall')).toMatch(/nat POSTROUTING[\s\S]* 1 +13k .*-s 172/);
    const text = JSON.stringify(before.rulesets).replaceAll('"packets":12904', '"packets":12936');
    const namespace = { ...before, rulesets: JSON.parse(text) };
    screen.send({ kind: 'namespace', namespace, gaps: [], atMs: 2 });
    expect(await screen.shows('+32')).toMatch(/ 1 +13k +\+32 +-s 172\.17\.0\.0/);
    screen.press(`${KEY.tab}j`);
    await screen.shows('rule -m addrtype --dst-type LOCAL -j DOCKER · in');
    screen.press('4');
    expect(await screen.shows('gained  translation')).toMatch(/\+32 +172\.17\.0\.0\/16 leaving/);
  });

  it('name the tabs around the visible one, and all that have a number where there is room', async () => {
    await openWeb();
    screen.press('6');
    await screen.shows('‹ 4 NAT  5 Firewall  6 Conn  7 Sockets ›');
    screen.press('9]');
    expect(await screen.shows('9 Diag  Rules  FDB')).toMatch(/‹ .*9 Diag {2}Rules {2}FDB.* ›/);
    screen.press(']]]');
    await screen.shows('Rules  FDB  TC  Sysctls  ');
    screen.press(']');
    await screen.shows('1 Links  2 Routes');
    screen.resize(160, 50);
    await screen.shows('6 Conntrack  7 Sockets  8 DNS  9 Diagnosis');
  });

  it('show sockets, with the one chosen in full', async () => {
    await openWeb();
    const namespace = findNamespace(makeSnapshot(), WEB_ID);
    if (namespace === undefined) throw new Error('the fixture has no web');
    screen.press('7');
    await screen.shows('not read yet');
    const socket: Socket = {
      protocol: 'tcp',
      family: 'ipv4',
      address: '0.0.0.0',
      port: 80,
      state: 'LISTEN',
      receiveQueue: 0,
      backlog: 511,
      uid: 33,
      inode: 7,
      owners: [{ pid: 4010, name: 'nginx', container: 'web' }],
    };
    screen.send({ kind: 'namespace', namespace: { ...namespace, sockets: [socket] }, gaps: [], atMs: 1 });
    const frame = await screen.shows('─ in full ─');
    expect(frame).toMatch(/tcp +0\.0\.0\.0:80 .*nginx \(4010\)/);
    expect(frame).toContain('container web · uid 33');
  });

  it('never show what was not read as empty', async () => {
    open();
    await screen.shows('○ blue');
    screen.press('/');
    await screen.shows('Enter keep');
    screen.press('blue');
    await screen.shows('▸○ blue');
    screen.press(KEY.enter);
    await screen.hides('Enter keep');
    for (const [key, title] of [
      ['4', '4 NAT'],
      ['5', '5 Firewall'],
    ] as const) {
      screen.press(key);
      await screen.shows(title);
      expect(await screen.shows('not read: iptables-save is not installed')).toContain('install iptables)');
    }
    screen.press('2');
    await screen.shows('no routes: nothing can leave this namespace');
  });

  it('follow a peer to the host, and come back', async () => {
    await openWeb();
    screen.press(KEY.tab);
    screen.press(KEY.enter);
    expect(await screen.shows('▸◆ host')).toMatch(/▸veth3f2a1b/);
    screen.press(KEY.enter);
    await screen.shows('▸docker0');
    screen.press(KEY.backspace);
    await screen.shows('▸veth3f2a1b');
    screen.press(KEY.backspace);
    await screen.shows('web  eth0');
  });
});

describe('the capture', () => {
  it('starts here, shows lines and counts packets', async () => {
    await openWeb();
    screen.press('c');
    await screen.shows('starting tcpdump');
    expect(screen.requests.at(-1)).toEqual({ kind: 'capture', id: 1, namespace: WEB_ID, filter: '' });
    screen.send({ kind: 'capture-started', id: 1, command: 'tcpdump -i any' });
    screen.send({
      kind: 'capture-lines',
      id: 1,
      lines: ['12:00:00.000001 IP a > b', '\tmore of it', '12:00:00.2 IP b > a'],
    });
    const frame = await screen.shows('2 packets');
    expect(frame).toContain('12:00:00.000 IP a > b');
    screen.send({ kind: 'capture-ended', id: 1, dropped: 3 });
    await screen.shows('2 packets · 3 dropped · ended');
  });

  it('stands still while it is paused, and goes on counting', async () => {
    await openWeb();
    screen.press('c');
    await screen.shows('starting tcpdump');
    screen.send({ kind: 'capture-lines', id: 1, lines: ['first packet'] });
    await screen.shows('first packet');
    screen.press('p');
    await screen.shows('paused');
    screen.send({ kind: 'capture-lines', id: 1, lines: ['second packet'] });
    expect(await screen.shows('2 packets')).not.toContain('second packet');
    screen.press('p');
    await screen.shows('second packet');
  });

  it('keeps its packets when it ends by itself, and says why', async () => {
    await openWeb();
    screen.press('c');
    await screen.shows('starting tcpdump');
    screen.send({ kind: 'capture-lines', id: 1, lines: ['the last packet'] });
    screen.send({ kind: 'capture-ended', id: 1, why: 'web is gone' });
    expect(await screen.shows('the capture ended: web is gone')).toContain('the last packet');
  });

  it('takes a filter first with C, and shows what tcpdump says about a bad one', async () => {
    await openWeb();
    screen.press('C');
    await screen.shows('Capture in web: which packets?');
    screen.press('tcp prot 80');
    await screen.shows('› tcp prot 80');
    screen.press(KEY.enter);
    await screen.shows('capture web · tcp prot 80');
    expect(screen.requests.at(-1)).toMatchObject({ kind: 'capture', filter: 'tcp prot 80' });
    screen.send({ kind: 'capture-ended', id: 1, error: 'tcpdump: syntax error in filter expression' });
    await screen.shows('tcpdump: syntax error in filter expression');
  });
});

describe('the overlays', () => {
  it('the help shows every key of the table', async () => {
    open(160, 50);
    await screen.shows('● web');
    screen.press('?');
    const frame = await screen.shows('Keys');
    for (const { keys, help } of BINDINGS) {
      expect(frame).toContain(help);
      expect(frame).toContain(formatKeys(keys));
    }
    screen.press(KEY.esc);
    await screen.hides('all keys');
  });

  it('tell every gap in words', async () => {
    open();
    await screen.shows('● web');
    screen.press('!');
    const frame = await screen.shows('What could not be read');
    expect(frame).toContain('blue: neighbours not read: not permitted (run as root)');
  });

  it('tell the commands behind a pane', async () => {
    await openWeb();
    screen.press('2x');
    await screen.shows('nsenter --net=/proc/4010/ns/net ip route show table all');
  });

  it('close with Esc also when another key follows at once', async () => {
    await openWeb();
    screen.press('?');
    await screen.shows('Keys');
    screen.press(`${KEY.esc}2`);
    expect(await screen.shows('destination')).not.toContain('to the last row');
  });

  it('take a paste as text where text is typed, and as nothing elsewhere', async () => {
    await openWeb();
    const paste = (text: string) => screen.press(`\x1b[200~${text}\x1b[201~`);
    paste('q?');
    screen.press('C');
    await screen.shows('Capture in web: which packets?');
    paste('tcp port 80\nq\n');
    await screen.shows('› tcp port 80 q▏');
    expect(screen.frame()).not.toContain('closing');
  });

  it('hear keys that arrive together one by one', async () => {
    await openWeb();
    screen.press('/\x15db\rc');
    await screen.shows('capture db');
  });

  it('find an action by its name', async () => {
    await openWeb();
    screen.press(':');
    await screen.shows('Command');
    screen.press('snapshot');
    await screen.hides('filter the list loosely');
    screen.press(KEY.enter);
    await screen.hides('Command');
    expect(screen.requests.at(-1)).toEqual({ kind: 'save-snapshot' });
  });

  it('propose destinations by name, and show the diagnosis', async () => {
    await openWeb();
    screen.press('d');
    expect(await screen.shows('Diagnose web: to where?')).toMatch(/the internet[\s\S]+db +172\.18\.0\.\d/);
    screen.press('db');
    await screen.shows('› db');
    screen.press(KEY.enter);
    await screen.shows('looking…');
    expect(screen.requests).toContainEqual({
      kind: 'diagnose',
      id: 1,
      namespace: WEB_ID,
      to: expect.stringMatching(/^172\.18\.0\.\d$/),
    });
    screen.send({ kind: 'diagnosis-failed', id: 1, reason: 'no route to db' });
    await screen.shows('no route to db');
  });

  it('take an address as typed, and the next proposal with Tab', async () => {
    await openWeb();
    screen.press('d');
    await screen.shows('Diagnose web: to where?');
    screen.press('192.0.2.1:443');
    await screen.shows('› 192.0.2.1:443');
    screen.press(KEY.enter);
    await screen.shows('web → 192.0.2.1:443: looking…');
    screen.press('d');
    await screen.shows('Diagnose web: to where?');
    screen.press(KEY.tab);
    screen.press(KEY.enter);
    await screen.shows('web → host');
  });
});

describe('hostile text', () => {
  const EVIL = '\x1b[2J\x1b]0;owned\x07\x9b31m\r';

  it('reaches no pane as a control sequence', async () => {
    screen = openScreen(160, 50);
    const clean = makeSnapshot();
    const namespaces = clean.namespaces.map((namespace) => ({
      ...namespace,
      name: `${namespace.name}${EVIL}`,
      links: [
        ...(namespace.links ?? []),
        makeLink(77, `x${EVIL}`, { addresses: [`10.0.0.1${EVIL}`], kind: EVIL }),
      ],
      neighbours: [{ ifindex: 77, family: 'ipv4' as const, address: `1${EVIL}`, state: EVIL, flags: [EVIL] }],
    }));
    const gaps = [{ probe: EVIL, reason: EVIL, needs: EVIL }];
    screen.send({
      kind: 'snapshot',
      snapshot: { ...clean, namespaces, gaps, hostname: EVIL },
      attached: [],
    });
    screen.press('c');
    await screen.shows('starting tcpdump');
    screen.send({ kind: 'capture-started', id: 1, command: EVIL });
    screen.send({ kind: 'capture-lines', id: 1, lines: [EVIL, `12:00:00.1 ${EVIL}`] });
    await screen.shows('2 packets');
    screen.send({ kind: 'notice', level: 'error', text: EVIL });
    screen.press('d');
    await screen.shows('to where?');
    screen.press(KEY.enter);
    await screen.shows('looking…');
    screen.send({ kind: 'diagnosis-failed', id: 2, reason: EVIL });
    for (const key of [
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      ']',
      'x',
      KEY.esc,
      '!',
      KEY.esc,
      '?',
      KEY.esc,
    ]) {
      const frames = screen.stdout.writes.length;
      screen.press(key);
      await screen.untilFrame(() => screen.stdout.writes.length > frames);
    }
    screen.send({ kind: 'capture-ended', id: 1, error: EVIL });
    await screen.shows('ended');
    const drawn = screen.stdout.writes.filter((text) => text.includes('\n')).join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(drawn.replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(drawn).toContain('\\x1b[2J');
  });
});

describe('the mouse', () => {
  it('chooses an entry, a tab and a row, and scrolls what lies below it', async () => {
    open();
    const rowOf = (frame: string, text: string) =>
      frame.split('\n').findIndex((line) => line.includes(text)) + 1;
    const web = rowOf(await screen.shows('● web'), '● web');
    screen.press(`\x1b[<0;5;${web}M`);
    screen.press(`\x1b[<0;5;${web}m`);
    await screen.shows('▸● web');
    screen.press('\x1b[<0;40;3M');
    const local = rowOf(await screen.shows('destination'), '172.17.0.0/16');
    screen.press(`\x1b[<0;40;${local}M`);
    await screen.shows('▸172.17.0.0/16');
    screen.press('\x1b[<64;40;10M');
    await screen.shows('▸default');
    const arrow = (await screen.shows('4 NAT ›')).split('\n')[2]?.indexOf('›') ?? 0;
    screen.press(`\x1b[<0;${arrow + 1};3M`);
    await screen.shows('no rules of iptables or nftables in this');
  });

  it('is given to the terminal with m, and at the end', async () => {
    open();
    await screen.shows('● web');
    expect(screen.stdout.writes).toContain('\x1b[?1000h\x1b[?1006h');
    screen.press('m');
    await screen.shows('the mouse selects text now');
    expect(screen.stdout.writes).toContain('\x1b[?1006l\x1b[?1000l');
  });
});

describe('leaving', () => {
  it('asks the session to close and waits for it', async () => {
    await openWeb();
    screen.press('q');
    await screen.shows('closing…');
    expect(screen.requests.at(-1)).toEqual({ kind: 'close' });
    screen.send({ kind: 'closed' });
    await screen.ended();
  });

  it('goes at once when Ctrl-C is pressed twice, also while typing', async () => {
    open();
    await screen.shows('● web');
    screen.press('/');
    await screen.shows('Enter keep');
    screen.press(KEY.ctrlC);
    await screen.shows('closing…');
    screen.press(KEY.ctrlC);
    await screen.ended();
  });
});

describe('what was looked at', () => {
  it('stays chosen when its container restarts into another namespace', async () => {
    await openWeb();
    const snapshot = makeSnapshot();
    const namespaces = snapshot.namespaces.map((each) =>
      each.id === WEB_ID ? { ...each, id: '4026539999' } : each,
    );
    screen.send({ kind: 'snapshot', snapshot: { ...snapshot, namespaces }, attached: [] });
    await screen.untilFrame(() => screen.requests.at(-1)?.kind === 'focus');
    expect(screen.requests.at(-1)).toMatchObject({ kind: 'focus', namespace: '4026539999' });
  });

  it('is told to be gone when it is gone', async () => {
    await openWeb();
    const snapshot = makeSnapshot();
    const namespaces = snapshot.namespaces.filter((each) => each.id !== WEB_ID);
    screen.send({ kind: 'snapshot', snapshot: { ...snapshot, namespaces }, attached: [DB_ID] });
    await screen.shows('what you looked at is gone');
  });
});
