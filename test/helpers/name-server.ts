/** A name server (RFC 1035) that runs in a lab: it knows the IPv4 addresses of a few names, and no other name. */
import type { Lab } from './lab.ts';
import { node } from './paths.ts';

export type NameServer = {
  /** A namespace of `ip netns`; absent: the lab itself. */
  readonly namespace?: string;
  readonly address: string;
  readonly port?: number;
  readonly zone?: Readonly<Record<string, string>>;
  /** What it says of every name that it does not know: NXDOMAIN, unless told otherwise. */
  readonly otherwise?: 'no-such-name' | 'servfail' | 'refused' | 'silent' | 'no-address';
};

const CODES = { 'no-such-name': 3, servfail: 2, refused: 5, silent: -1, 'no-address': 0 } as const;

const PROGRAM = `
  const { address, port, zone, code } = JSON.parse(process.argv[1]);
  const server = require('node:dgram').createSocket('udp4');
  server.on('message', (question, peer) => {
    const end = question.indexOf(0, 12) + 1;
    const labels = [];
    for (let at = 12; question[at] > 0; at += question[at] + 1)
      labels.push(question.toString('latin1', at + 1, at + 1 + question[at]));
    const known = zone[labels.join('.')];
    if (known === undefined && code < 0) return;
    const found = known !== undefined && question.readUInt16BE(end) === 1;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180 | (known === undefined ? code : 0), 2);
    for (const [place, count] of [[4, 1], [6, found ? 1 : 0], [8, 0], [10, 0]]) head.writeUInt16BE(count, place);
    const record = found ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, ...known.split('.').map(Number)] : [];
    server.send(Buffer.concat([head, question.subarray(12, end + 4), Buffer.from(record)]), peer.port, peer.address);
  });
  server.bind(port, address, () => console.log('ready'));
`;

/** Starts it, and returns when it listens. */
export async function startNameServer(
  lab: Lab,
  { namespace, address, port = 53, zone = {}, otherwise = 'no-such-name' }: NameServer,
): Promise<void> {
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  const told = JSON.stringify({ address, port, zone, code: CODES[otherwise] });
  const server = await lab.spawn([...inside, node, '-e', PROGRAM, told]);
  await server.waitForOutput(/ready/);
}
