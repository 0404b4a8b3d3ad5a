/** Engines that lie, break off, hang or exaggerate: a clear gap, the rest shown, and never a crash. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LsDocument } from '../helpers/documents.ts';
import { type Answer, type FakeEngine, healthy, json, startFakeEngine } from '../helpers/fake-engine.ts';
import { createLab, type Lab } from '../helpers/lab.ts';
import { withoutStack } from '../helpers/without-stack.ts';

/** Milliseconds that netpeek gives an engine, and some for the rest of the work. */
const PATIENCE_MS = 5_000 + 3_000;

let lab: Lab;
let engine: FakeEngine | undefined;
/** A process of the lab in the namespace `blue`, as the lab counts. */
let pid: number;
beforeAll(async () => {
  lab = await createLab();
  await lab.ok(`
    ip netns add blue
    ip link add to-blue type veth peer name eth0 netns blue`);
  const sleeper = await lab.spawn(['ip', 'netns', 'exec', 'blue', 'sh', '-c', 'echo $$; exec sleep 600']);
  await sleeper.waitForOutput(/\d+\n/);
  pid = Number(sleeper.stdout());
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});
afterAll(() => lab.dispose());

const startEngine = async (answer: Answer) => {
  engine = await startFakeEngine(`${lab.directory}/fake.sock`, answer);
  return { DOCKER_HOST: `unix://${engine.socket}` };
};
const listWith = async (answer: Answer) => {
  const env = await startEngine(answer);
  const began = performance.now();
  const finished = withoutStack(await lab.netpeek(['ls', '--json'], { env }));
  const document = JSON.parse(finished.stdout) as LsDocument;
  return { ...finished, ...document, tookMs: performance.now() - began };
};

const entry = (id: string, name: string, state = 'running') => ({
  Id: id,
  Names: [`/${name}`],
  State: state,
});

describe('an engine that gives no usable answer', () => {
  const cases: readonly (readonly [string, Answer])[] = [
    ['answers everything with an error', (_, response) => json(response, { message: 'on fire' }, 500)],
    ['answers with junk', (_, response) => void response.end('{"Id": [[[')],
    ['answers with HTML', (_, response) => void response.end('<html>It works!</html>')],
    [
      'breaks off within an answer',
      (_, response) => {
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
          .write('[{"Id":');
        response.socket?.end();
      },
    ],
    ['closes the connection at once', (_, response) => void response.socket?.destroy()],
    ['does not speak HTTP', (_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['never answers', () => undefined],
    ['begins an answer and never ends it', (_, response) => void response.writeHead(200).write('[')],
  ];

  test.each(cases)('because it %s is a gap, and the namespaces are shown', async (_, answer) => {
    const { exitCode, namespaces, gaps, tookMs } = await listWith(answer);
    expect(exitCode).toBe(0);
    expect(namespaces.map(({ name }) => name)).toEqual(['host', 'blue']);
    expect(gaps).toEqual([
      {
        probe: 'docker',
        reason: expect.stringMatching(/^the engine at unix:.* gave no usable answer \(.+\)$/),
      },
    ]);
    expect(tookMs).toBeLessThan(PATIENCE_MS);
  });

  test('is an error where it was named on the command line', async () => {
    await startEngine((_, response) => json(response, { message: 'on fire' }, 500));
    const finished = withoutStack(await lab.netpeek(['ls', '--docker-host', `unix://${engine?.socket}`]));
    expect(finished).toMatchObject({ exitCode: 5, stdout: '' });
    expect(finished.stderr).toMatch(/^netpeek: the engine at unix:.*\n$/);
  });

  test('because its socket is a plain file is a gap', async () => {
    await lab.ok(['touch', '/run/plain']);
    const finished = await lab.netpeek(['ls'], { env: { DOCKER_HOST: 'unix:///run/plain' } });
    expect(withoutStack(finished)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('/run/plain'),
    });
  });
});

describe('an engine whose answers are not to be believed', () => {
  test('and that has the wrong shapes has no containers', async () => {
    const { exitCode, namespaces } = await listWith((path, response) =>
      json(
        response,
        path === '/version' ? { Version: 7 } : [null, 7, 'x', [], { Id: 7 }, { Id: '', Names: 'web' }],
      ),
    );
    expect(exitCode).toBe(0);
    expect(namespaces.map(({ name }) => name)).toEqual(['host', 'blue']);
  });

  test('and that gives another process’s pid does not get that process’s namespace', async () => {
    const id = 'ab'.repeat(32);
    const { exitCode, namespaces, gaps } = await listWith(healthy([entry(id, 'web')], () => pid));
    expect(exitCode).toBe(0);
    expect(namespaces.map(({ name, container }) => [name, container])).toEqual([
      ['host', null],
      ['blue', null],
    ]);
    expect(gaps).toEqual([
      {
        probe: 'container web',
        reason: expect.stringContaining(`pid ${pid}, which the engine gives for web`),
      },
    ]);
  });

  test('and its container is not entered either', async () => {
    const env = await startEngine(healthy([entry('ab'.repeat(32), 'web')], () => pid));
    const finished = withoutStack(await lab.netpeek(['exec', 'web', '--', 'true'], { env }));
    expect(finished).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("is not that container's"),
    });
  });

  test.each([999_999_999, -1, 2 ** 40, 0])('and that gives %i for a pid is no crash', async (wrong) => {
    const { exitCode, namespaces } = await listWith(healthy([entry('ab'.repeat(32), 'web')], () => wrong));
    expect(exitCode).toBe(0);
    expect(namespaces.map(({ name }) => name)).toEqual(['host', 'blue']);
  });

  test('and whose names hold control sequences prints none of them', async () => {
    const hostile = entry('ab'.repeat(32), 'w\u001b[2J\u202eb', 'exited');
    const env = await startEngine(healthy([hostile], () => 0));
    const { exitCode, stderr } = withoutStack(await lab.netpeek(['ls', 'abab'], { env }));
    expect(stderr).toContain('w\\x1b[2J\\u202eb is exited');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(exitCode).toBe(3);
  });
});

describe('a container that is gone by the time it is asked about', () => {
  test('is no gap', async () => {
    const id = 'ab'.repeat(32);
    const { exitCode, gaps } = await listWith((path, response) => {
      if (path.startsWith('/containers/ab')) json(response, { message: 'No such container' }, 404);
      else healthy([entry(id, 'web')], () => 0)(path, response);
    });
    expect(gaps).toEqual([]);
    expect(exitCode).toBe(0);
  });

  test('is no gap either when it ends after that, and is called what it is then', async () => {
    let questions = 0;
    const id = 'ab'.repeat(32);
    const env = await startEngine((path, response) => {
      if (!path.startsWith('/containers/ab')) return healthy([entry(id, 'web')], () => 0)(path, response);
      questions += 1;
      json(response, {
        Id: id,
        State: questions === 1 ? { Pid: 999_999_999, Status: 'running' } : { Pid: 0, Status: 'exited' },
      });
    });
    const { exitCode, stdout } = withoutStack(await lab.netpeek(['snapshot'], { env }));
    const { gaps, stoppedContainers } = JSON.parse(stdout) as LsDocument & {
      readonly stoppedContainers: readonly object[];
    };
    expect(exitCode).toBe(0);
    expect(gaps.filter(({ probe }) => probe.includes('web'))).toEqual([]);
    expect(stoppedContainers).toMatchObject([{ name: 'web', state: 'exited' }]);
  });

  test('is no gap where it is restarted again and again', async () => {
    let questions = 0;
    const id = 'ab'.repeat(32);
    const { gaps, exitCode } = await listWith((path, response) => {
      if (!path.startsWith('/containers/ab')) return healthy([entry(id, 'web')], () => 0)(path, response);
      questions += 1;
      json(response, { Id: id, State: { Pid: questions === 1 ? 999_999_999 : 999_999_998 } });
    });
    expect({ gaps, exitCode, questions }).toEqual({ gaps: [], exitCode: 0, questions: 2 });
  });

  test('is a gap where the engine only fails to say', async () => {
    const { exitCode, gaps } = await listWith((path, response) => {
      if (path.startsWith('/containers/ab')) json(response, { message: 'on fire' }, 500);
      else healthy([entry('ab'.repeat(32), 'web')], () => 0)(path, response);
    });
    expect(gaps).toMatchObject([{ probe: 'container web' }]);
    expect(exitCode).toBe(0);
  });
});

describe('an engine with 2,000 containers', () => {
  const many = Array.from({ length: 2_000 }, (_, index) =>
    entry(index.toString(16).padStart(64, 'c'), `web-${index}`, index % 2 === 0 ? 'running' : 'exited'),
  );

  test('of which none is here is listed within seconds, and said to be elsewhere once', async () => {
    const { exitCode, namespaces, gaps, tookMs } = await listWith(healthy(many, () => 999_999_999));
    expect(exitCode).toBe(0);
    expect(namespaces.map(({ name }) => name)).toEqual(['host', 'blue']);
    expect(gaps).toMatchObject([{ probe: 'docker', reason: expect.stringContaining('another machine') }]);
    expect(tookMs).toBeLessThan(10_000);
  });

  test('that hangs when it is asked about one does not hang netpeek for each', async () => {
    const { exitCode, tookMs } = await listWith((path, response) => {
      if (!/^\/containers\/.+\/json$/.test(path)) healthy(many, () => 0)(path, response);
    });
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(PATIENCE_MS);
  });
});
