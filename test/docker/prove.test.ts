/** The proof on the wire against a real engine: containers with no right of their own, published ports, and Docker's rules. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { type Docker, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { withoutStack } from '../helpers/without-stack.ts';

let lab: Lab;
let docker: Docker;
beforeAll(async () => {
  lab = await createLab();
  docker = await startDocker(lab, { version: '20.10' });
  await docker.importBusybox();
  await docker.cli(['network', 'create', 'back']);
  const serve = ['httpd', '-f', '-p', '80'];
  await docker.runContainer({ name: 'web', args: ['-p', '8080:80'], command: serve });
  await docker.runContainer({ name: 'idle', args: ['--cap-drop', 'ALL', '-p', '8081:80'] });
  await docker.runContainer({ name: 'db', network: 'back', command: serve });
  await waitFor('servers', async () => {
    const tables = ['web', 'db'].map((name) => docker.tryCli(['exec', name, 'netstat', '-ltn']));
    return (await Promise.all(tables)).every(({ stdout }) => stdout.includes(':80 '));
  });
});
afterAll(() => lab.dispose());

async function diagnose(from: string, to: string): Promise<Diagnosis> {
  return JSON.parse(withoutStack(await lab.netpeek(['diagnose', from, to, '--json'])).stdout) as Diagnosis;
}

describe('a proof with Docker', () => {
  test('is had from a container without capabilities, to a container, a published port and the gateway', async () => {
    for (const to of ['web:80', '172.17.0.1:8080', '172.17.0.1']) {
      const { verdict, causes, live } = await diagnose('idle', to);
      expect({ verdict, causes, live }, to).toMatchObject({
        verdict: 'works',
        causes: [],
        live: { ran: true, sent: 1, answered: 1, lastSeen: 'idle/eth0' },
      });
    }
  });

  test('names the rule of Docker that keeps two networks apart', async () => {
    const { verdict, causes } = await diagnose('web', 'db:80');
    expect(verdict).toBe('broken');
    expect(causes[0]).toMatchObject({ id: 'networks-isolated', confidence: 'proven' });
    const [trace] = (causes[0]?.evidence ?? []).filter(
      ({ source }) => source === 'nft monitor trace in host',
    );
    expect(trace?.value).toMatch(/chain DOCKER-ISOLATION-STAGE-2 of table ip filter drops$/);
  });

  test('does not take the answer of docker-proxy for that of the container behind it', async () => {
    const { verdict, causes, live } = await diagnose('host', '127.0.0.1:8081');
    expect(verdict).toBe('broken');
    expect(causes[0]?.id).toBe('svc-not-listening');
    expect(live.outcome).toBe('answered by a process in between, whose own connection was not tried');
  });
});
