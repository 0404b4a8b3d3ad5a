/**
 * Whom the embedded server of Docker 20.10 asks, which it writes nowhere: name servers stand at the addresses that
 * netpeek says, and a container's question must arrive at the first of them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resolver } from '../../src/model/resolver.ts';
import { type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { node } from '../helpers/paths.ts';

/** A name server (RFC 1035) at an address: to every question it gives the same address. */
const NAME_SERVER = `
  const [address, answer] = process.argv.slice(1);
  const server = require('node:dgram').createSocket('udp4');
  server.on('message', (question, { port, address: asker }) => {
    const end = question.indexOf(0, 12) + 5;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    for (const [place, count] of [[4, 1], [6, 1], [8, 0], [10, 0]]) head.writeUInt16BE(count, place);
    const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, ...answer.split('.').map(Number)];
    server.send(Buffer.concat([head, question.subarray(12, end), Buffer.from(record)]), port, asker);
  });
  server.bind(53, address, () => console.log('ready'));
`;

describe('the embedded server of Docker 20.10', () => {
  let lab: Lab;
  let docker: Docker;
  beforeAll(async () => {
    lab = await createLab();
    docker = await startDocker(lab, { version: '20.10' });
    await docker.importBusybox();
    await docker.cli(['network', 'create', 'back']);
  });
  afterAll(() => lab.dispose());

  const serve = async (address: string, answer: string) => {
    await lab.ok(['ip', 'address', 'replace', `${address}/32`, 'dev', 'lo']);
    const server = await lab.spawn([node, '-e', NAME_SERVER, address, answer]);
    await server.waitForOutput(/ready/);
  };

  test.each([
    [
      'one that the container is given',
      'nameserver 192.0.2.9',
      ['--dns', '192.0.2.61'],
      '192.0.2.61',
      false,
      'container',
    ],
    [
      'the host’s, as its file names it',
      'nameserver 2001:db8::1\nnameserver 192.0.2.62',
      [],
      '192.0.2.62',
      false,
      'host',
    ],
    [
      'one on the host’s own loopback, asked from there',
      'nameserver 127.0.0.5',
      [],
      '127.0.0.5',
      true,
      'host',
    ],
    ['the engine’s default where the host names none', 'search example', [], '8.8.8.8', false, 'default'],
  ])('asks %s, and netpeek says so', async (_, hostFile, args, address, fromHost, from) => {
    await lab.ok(['tee', '/etc/resolv.conf'], { input: `${hostFile}\n` });
    const answer = `203.0.113.${address.split('.').pop()}`;
    await serve(address, answer);
    const name = `asks-${from}-${fromHost}`;
    await docker.runContainer({ name, network: 'back', args });
    const { dns } = await lab.netpeekJson<{ dns: Resolver }>(['show', name, 'dns']);
    expect(dns.upstreams?.[0]).toEqual({ address, fromHost });
    expect(dns.upstreamsFrom).toBe(from);
    expect(await docker.cli(['exec', name, 'nslookup', 'who.example', '127.0.0.11'])).toContain(answer);
    const { stdout } = await lab.netpeek(['show', name, 'dns']);
    expect(stdout).toContain(from === 'container' ? 'given to the container' : 'concluded');
  });

  test('asks those that the daemon is told where the container is told none, and netpeek says so', async () => {
    await docker.stop();
    await lab.ok(['tee', '/etc/docker/daemon.json'], { input: '{"dns":["192.0.2.66"]}' });
    await docker.start();
    await serve('192.0.2.66', '203.0.113.66');
    await docker.runContainer({ name: 'plain', network: 'back' });
    const { dns } = await lab.netpeekJson<{ dns: Resolver }>(['show', 'plain', 'dns']);
    expect(dns).toMatchObject({
      upstreams: [{ address: '192.0.2.66', fromHost: false }],
      upstreamsFrom: 'daemon',
    });
    expect(await docker.cli(['exec', 'plain', 'nslookup', 'who.example', '127.0.0.11'])).toContain(
      '203.0.113.66',
    );
  });
});
