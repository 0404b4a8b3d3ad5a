/** What ss(8) says of a namespace's waiting sockets, in the words of netpeek's model. */
import type { Socket } from '../../src/model/socket.ts';
import type { Ask } from './iproute2.ts';

/** `tcp LISTEN 0 5 127.0.0.1%lo:80 0.0.0.0:* users:(("node",pid=7,fd=18)) uid:33 ino:12 sk:1 v6only:1 <->`; `link`: its name. */
export type SsSocket = Omit<Socket, 'ifindex' | 'owners'> & {
  readonly link?: string;
  readonly pids: readonly number[];
};

export async function readSs(ask: Ask): Promise<readonly SsSocket[]> {
  const text = await ask(['ss', '-H', '-l', '-t', '-u', '-n', '-p', '-e', '-O']);
  return text.split('\n').filter(Boolean).map(parseLine);
}

function parseLine(line: string): SsSocket {
  const [protocol = '', state = '', receive, send, local = ''] = line.split(/\s+/);
  const [, where = '', link, port] = /^(.*?)(?:%([^:]+))?:(\d+)$/.exec(local) ?? [];
  const six = where === '*' || where.startsWith('[');
  const value = (name: string) => Number(new RegExp(` ${name}:(\\d+)`).exec(line)?.[1] ?? 0);
  return {
    protocol: protocol as 'tcp' | 'udp',
    family: six ? 'ipv6' : 'ipv4',
    address: where === '*' ? '::' : where.replace(/^\[|\]$/g, ''),
    port: Number(port),
    state,
    receiveQueue: Number(receive),
    ...(protocol === 'tcp' ? { backlog: Number(send) } : {}),
    uid: value('uid'),
    inode: value('ino'),
    ...(six ? { v6only: value('v6only') === 1 } : {}),
    ...(link === undefined ? {} : { link }),
    pids: [...line.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)).sort((a, b) => a - b),
  };
}
