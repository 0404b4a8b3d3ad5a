/**
 * The one who really tries: a program of its own in one network namespace, run by Node itself. As a server it tells each
 * visitor whom it sees and at which of its addresses; as a client it tries destinations, all at once.
 */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

export type Listener = { readonly proto: 'tcp' | 'udp'; readonly address: string; readonly port: number };

export type Service = {
  readonly name: string;
  readonly listeners: readonly Listener[];
  /** Else it serves until it is ended. */
  readonly untilInputEnds?: boolean;
};

export type Attempt = {
  readonly proto: 'tcp' | 'udp' | 'icmp';
  readonly address: string;
  /** Absent for icmp. */
  readonly port?: number;
};

/** What the server told. */
export type Told = {
  readonly server: string;
  readonly peer: string;
  /** Where the visitor arrived. */
  readonly local: string;
  readonly localPort: number;
};

export type Outcome = { readonly worked: boolean; readonly told?: Told };

/** Milliseconds without an answer that count as none: all is on this machine, yet it may be busy. */
const PATIENCE_MS = 4_000;

const [role, input = ''] = process.argv.slice(2);
if (role === 'serve') void serve(JSON.parse(input));
if (role === 'try') {
  // All begin together when all are there, so that nobody's patience ends while others still start.
  process.once('SIGUSR2', () => void tryAll(JSON.parse(input)));
  // A signal that may come keeps no process alive.
  const waiting = setInterval(() => undefined, PATIENCE_MS);
  process.once('SIGUSR2', () => clearInterval(waiting));
  process.stdout.write('ready\n');
}

async function serve({ name, listeners, untilInputEnds }: Service): Promise<void> {
  if (untilInputEnds) process.stdin.on('end', () => process.exit()).resume();
  await Promise.all(listeners.map((listener) => listen(name, listener)));
  process.stdout.write('ready\n');
}

function listen(server: string, { proto, address, port }: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    if (proto === 'udp') {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
      socket.on('error', reject);
      socket.on('message', (_, peer) => {
        const told: Told = { server, peer: plain(peer.address), local: address, localPort: port };
        socket.send(JSON.stringify(told), peer.port, peer.address);
      });
      socket.bind(port, address, resolve);
      return;
    }
    createServer((socket) => {
      const { remoteAddress = '', localAddress = '' } = socket;
      const told: Told = { server, peer: plain(remoteAddress), local: plain(localAddress), localPort: port };
      socket.on('error', () => socket.destroy());
      socket.end(JSON.stringify(told));
    })
      .on('error', reject)
      .listen(port, address, resolve);
  });
}

/** An IPv4 address as a socket of both families shows it (RFC 4291, 2.5.5.2). */
function plain(address: string): string {
  return address.replace(/^::ffff:/, '');
}

async function tryAll(attempts: readonly Attempt[]): Promise<void> {
  process.stdout.write(`${JSON.stringify(await Promise.all(attempts.map(tryOne)))}\n`);
}

function tryOne(attempt: Attempt): Promise<Outcome> {
  const { proto, address, port = 0 } = attempt;
  if (proto === 'icmp') return ping(address);
  return proto === 'tcp' ? visit(address, port) : ask(address, port);
}

function ping(address: string): Promise<Outcome> {
  const seconds = `${Math.ceil(PATIENCE_MS / 1000)}`;
  return new Promise((resolve) => {
    execFile('busybox', ['ping', '-c1', '-W', seconds, address], (error) => resolve({ worked: !error }));
  });
}

function visit(host: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host, port });
    const timer = whenPatienceEnds(() => socket.destroy());
    socket.on('data', (data) => {
      said += data;
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(outcomeOf(said));
    });
  });
}

function ask(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    let over = false;
    const end = (said: string) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.close();
      resolve(outcomeOf(said));
    };
    const timer = whenPatienceEnds(() => end(''));
    socket.on('error', () => end(''));
    socket.on('message', (message) => end(`${message}`));
    // Connected, so that an answer from another address than the one asked is none (udp(7)).
    socket.connect(port, address, (refused?: Error) => {
      if (refused) end('');
      else socket.send('?', (error) => error && end(''));
    });
  });
}

/** After what has arrived by then is heard: timers come first where the process had to wait for a processor. */
function whenPatienceEnds(end: () => void): NodeJS.Timeout {
  return setTimeout(() => setImmediate(end), PATIENCE_MS);
}

function outcomeOf(said: string): Outcome {
  return said === '' ? { worked: false } : { worked: true, told: JSON.parse(said) };
}
