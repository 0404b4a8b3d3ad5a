/** What lives in a practice network: a server that answers, a client that keeps asking. Runs as a process of its own. */
import { connect, createServer } from 'node:net';

/** Milliseconds after which a visit that got no answer is given up. */
const VISIT_TIMEOUT_MS = 2_000;
const GREETING = 'hello from the practice internet\n';

/** Answers every connection on all addresses, until the process ends. */
export function serve(port: number): void {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(GREETING);
  }).listen(port);
}

/** Connects again and again, whatever comes of it, until the process ends. */
export function visit(address: string, port: number, everyMs: number): void {
  setInterval(() => {
    const socket = connect({ host: address, port, timeout: VISIT_TIMEOUT_MS });
    socket.on('timeout', () => socket.destroy());
    // A failed visit is what a fault looks like; the next one comes all the same.
    socket.on('error', () => socket.destroy());
    socket.resume();
  }, everyMs);
}
