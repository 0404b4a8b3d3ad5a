import { describe, expect, test } from 'vitest';
import { recordSystem } from '../../../src/system/record.ts';
import type { Recording } from '../../../src/system/recording.ts';
import { replaySystem } from '../../../src/system/replay.ts';
import { type EngineClient, type System, SystemError } from '../../../src/system/system.ts';
import { memoryFiles } from '../../helpers/memory-files.ts';
import { scriptedHandle, scriptedSocket, scriptedSystem } from '../../helpers/scripted-system.ts';

const ENDPOINT = 'unix:///run/docker.sock';
const engine: EngineClient = {
  endpoint: ENDPOINT,
  server: async () => '',
  version: async () => ({ Version: '28.0' }),
  containers: async () => [{ Id: 'abc' }],
  libpodNetworks: async () => [],
  networks: async () => {
    throw new SystemError('HTTP 500', 'engine networks', 'something broke');
  },
  inspect: async (id) => ({ Id: id, State: { Pid: 40 } }),
  events: async function* () {},
};

/** A machine whose file /proc/uptime differs at each reading. */
function machine(): System {
  let reading = 0;
  const files = memoryFiles({
    texts: { '/etc/hostname': 'lab\n', '/secret': new SystemError('EACCES', 'read /secret') },
    links: { '/proc/40/ns/net': 'net:[41]' },
    namespaces: { '/run/netns/blue': '41' },
  });
  return scriptedSystem({
    host: { env: { DOCKER_HOST: ENDPOINT, HOME: '/root', AWS_SECRET: 'hunter2' } },
    files: {
      ...files,
      readText: (path) => {
        if (path !== '/proc/uptime') return files.readText(path);
        reading += 1;
        return `${reading}`;
      },
    },
    namespaces: {
      open: (path) => {
        if (path !== '/run/netns/blue') throw new SystemError('ENOENT', `open ${path}`);
        return scriptedHandle('41', {
          openNetlink: () => scriptedSocket([Uint8Array.of(1, 2), Uint8Array.of(255)]),
          readText: (file) => `blue’s ${file}`,
          attachedPrograms: (ifindex, type) => {
            if (ifindex === 9) throw new SystemError('ENODEV', 'bpf(BPF_PROG_QUERY)');
            return [ifindex, type];
          },
        });
      },
    },
    processes: {
      run: async ({ argv }) => {
        if (argv[0] === 'missing') throw new SystemError('ENOENT', 'run missing');
        return { stdout: argv.join(' '), stderr: '', exitCode: 3 };
      },
    },
    programs: {
      info: (id) => {
        if (id === 9) throw new SystemError('EPERM', 'bpf(BPF_PROG_GET_FD_BY_ID)');
        return Uint8Array.of(id, 255);
      },
    },
    openEngine: () => engine,
  });
}

/** Everything there is to ask, and what came of it: answers, or errors in words. */
async function askAll(system: System): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  const ask = async (question: () => unknown) => {
    try {
      answers.push(await question());
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      answers.push({ code: error.code, operation: error.operation, message: error.message });
    }
  };
  const { files, clock, processes } = system;
  await ask(() => clock.now().toISOString());
  await ask(() => clock.monotonicMs());
  await ask(() => files.readText('/etc/hostname'));
  await ask(() => files.readText('/secret'));
  await ask(() => files.readText('/not/there'));
  for (const _ of [1, 2, 3]) await ask(() => files.readText('/proc/uptime'));
  await ask(() => files.list('/run/netns'));
  await ask(() => files.readLink('/proc/40/ns/net'));
  await ask(() => files.identify('/run/netns/blue'));
  await ask(() => files.readRegular('/etc/hostname', { limitBytes: 64 }));
  await ask(() => files.readRegular('/etc/hostname', { limitBytes: 64, root: '/nowhere' }));
  await ask(() => system.namespaces.open('/run/netns/red'));
  const blue = system.namespaces.open('/run/netns/blue');
  await ask(() => [blue.id, blue.inside(() => 'inside')]);
  await ask(() => blue.readText('/proc/sys/net/x'));
  for (const ifindex of [2, 3, 9]) await ask(() => blue.attachedPrograms(ifindex, 46));
  for (const id of [7, 8, 9]) await ask(() => system.programs.info(id));
  for (const _ of [1, 2]) {
    const socket = blue.openNetlink('route');
    socket.send(Uint8Array.of(9));
    await ask(() => socket.receive());
    await ask(() => socket.receive());
    socket.close();
  }
  await ask(() => processes.run({ argv: ['ip', 'addr'], namespace: blue }));
  await ask(() => processes.run({ argv: ['missing'] }));
  const client = system.openEngine(ENDPOINT);
  await ask(client.version);
  await ask(client.containers);
  await ask(client.networks);
  await ask(() => client.inspect('abc'));
  return answers;
}

async function recordAll(): Promise<{ answers: readonly unknown[]; recording: Recording }> {
  const { system, recording } = recordSystem(machine());
  const answers = await askAll(system);
  // Through a file and back, as a bug report comes.
  return { answers, recording: JSON.parse(JSON.stringify(recording())) };
}

describe('a recording system', () => {
  test('answers as the machine does', async () => {
    expect((await recordAll()).answers).toEqual(await askAll(machine()));
  });

  test('keeps of the environment what chooses an engine, and nothing else', async () => {
    const { recording } = await recordAll();
    expect(recording.env).toEqual({ DOCKER_HOST: ENDPOINT, HOME: '/root' });
    expect(JSON.stringify(recording)).not.toContain('hunter2');
  });
});

describe('a replayed recording', () => {
  test('gives the same answers and the same errors, in their order', async () => {
    const { answers, recording } = await recordAll();
    const replayed = await askAll(replaySystem(recording));
    expect(replayed).toEqual(answers);
    expect(replayed.slice(5, 8)).toEqual(['1', '2', '3']);
  });

  test('stands for the machine that was recorded', async () => {
    const { recording } = await recordAll();
    expect(replaySystem(recording).host).toMatchObject({ hostname: 'lab', uid: 0, pid: 77 });
  });

  test('gives the last answer again when a question comes once more', async () => {
    const system = replaySystem((await recordAll()).recording);
    const asked = Array.from({ length: 5 }, () => system.files.readText('/proc/uptime'));
    expect(asked).toEqual(['1', '2', '3', '3', '3']);
  });

  test('refuses what was not asked when it was recorded', async () => {
    const system = replaySystem((await recordAll()).recording);
    expect(() => system.files.readText('/etc/passwd')).toThrow(expect.objectContaining({ code: 'ENODATA' }));
    await expect(system.processes.run({ argv: ['rm', '-rf', '/'] })).rejects.toMatchObject({
      code: 'ENODATA',
    });
  });

  test('refuses another netlink request than the recorded one', async () => {
    const blue = replaySystem((await recordAll()).recording).namespaces.open('/run/netns/blue');
    expect(() => blue.openNetlink('route').send(Uint8Array.of(8))).toThrow(
      expect.objectContaining({ code: 'ENODATA' }),
    );
  });

  test('refuses everything that would change the machine', async () => {
    const { files, processes, namespaces } = replaySystem((await recordAll()).recording);
    const changes: readonly (() => unknown)[] = [
      () => files.writeText('/x', ''),
      () => files.makeDirectory('/x'),
      () => files.remove('/x'),
      () => files.removeDirectory('/x'),
      () => files.bindMount('/x', '/y'),
      () => files.unmount('/x'),
      () => files.watch('/x', () => undefined),
      () => files.writeStream('/x', (async function* () {})()),
      () => processes.start({ argv: ['tcpdump'] }),
      () => processes.hand({ argv: ['sh'] }),
      () => namespaces.open('/run/netns/blue').listen({ route: [1] }),
      () => namespaces.open('/run/netns/blue').openWire({ kind: 'tcp', family: 'ipv4' }),
    ];
    for (const change of changes) expect(change).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
    expect(processes.sweep()).toEqual([]);
  });
});
