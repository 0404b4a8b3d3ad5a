/** The engines that the Docker tests stand on: each starts in a lab, runs a container, and leaves nothing behind. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Docker, type DockerVersion, startDocker } from '../helpers/docker.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { tracesOf } from '../helpers/traces.ts';

const versions: readonly DockerVersion[] = ['20.10', '28'];

describe.each(versions)('Docker %s in a lab', (version) => {
  let lab: Lab;
  let docker: Docker;
  beforeAll(async () => {
    lab = await createLab();
    docker = await startDocker(lab, { version });
    await docker.importBusybox();
  });
  afterAll(() => lab.dispose());

  test('is the version that was asked for', async () => {
    expect(await docker.cli(['version', '-f', '{{.Server.Version}}'])).toMatch(`${version}.`);
  });

  test('runs containers whose processes the lab sees, and which reach each other', async () => {
    await docker.cli(['network', 'create', 'back']);
    const web = await docker.runContainer({ name: 'web', network: 'back' });
    const db = await docker.runContainer({ name: 'db', network: 'back' });
    expect(await lab.ok(['cat', `/proc/${web.pid}/cgroup`])).toContain(web.id);
    const namespaces = await lab.ok(['readlink', `/proc/${web.pid}/ns/net`, `/proc/${db.pid}/ns/net`]);
    expect(new Set(namespaces.trim().split('\n')).size).toBe(2);
    expect(await docker.cli(['exec', 'web', 'ls', '/etc'])).not.toContain('debian_version');
    expect(await docker.cli(['exec', 'web', 'ping', '-c1', '-W5', 'db'])).toContain('1 packets received');
  });

  test('answers on the usual socket in the lab', async () => {
    expect(await lab.ok(['busybox', 'sh', '-c', 'test -S /var/run/docker.sock && echo there'])).toBe(
      'there\n',
    );
    expect(existsSync(docker.socket)).toBe(true);
  });

  test('can be stopped and started again on the same data', async () => {
    await docker.stop();
    expect((await docker.tryCli(['ps'])).stderr).toMatch(/Is the docker daemon running|failed to connect/);
    await docker.start();
    expect(await docker.cli(['ps', '-a', '--format', '{{.Names}}'])).toContain('web');
  });

  test('ends with its lab, its containers too, and leaves nothing', async () => {
    const { pid } = await docker.runContainer({ name: 'last' });
    expect(await lab.ok(['ps', '-o', 'args=', '-p', `${pid}`])).toContain('sleep');
    const traces = tracesOf(lab);
    await lab.dispose();
    expect(traces.processes()).toEqual([]);
    expect(traces.leftovers()).toEqual([]);
  });
});
