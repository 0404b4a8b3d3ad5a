/** A `System` that passes everything on and notes down what was read. */
import { type Outcome, questionKey, RECORDED_ENV, type Recording, type Transcript } from './recording.ts';
import {
  type EngineClient,
  type NamespaceHandle,
  type NetlinkSocket,
  type System,
  SystemError,
} from './system.ts';

type Note = <T>(key: string, ask: () => T) => T;
type Line = Transcript[number];

/** The recording system, and the recording so far. Writing and starting programs pass through unrecorded. */
export function recordSystem(system: System): {
  readonly system: System;
  readonly recording: () => Recording;
} {
  const outcomes: Record<string, Outcome[]> = {};
  const sockets: Record<string, Line[][]> = {};
  const note = noter(outcomes);
  const openTranscript = (key: string): Line[] => {
    const transcript: Line[] = [];
    sockets[key] ??= [];
    sockets[key].push(transcript);
    return transcript;
  };
  const { files, host, clock, processes, programs, namespaces } = system;
  const recorded: System = {
    ...system,
    clock: {
      now: () => new Date(note('now', () => clock.now().toISOString())),
      monotonicMs: () => note('monotonic', clock.monotonicMs),
    },
    files: {
      ...files,
      readText: (path) => note(questionKey('read', path), () => files.readText(path)),
      readRegular: (path, options) =>
        bytesOf(
          note(questionKey('regular', options.root ?? '', path), () =>
            base64(files.readRegular(path, options)),
          ),
        ),
      list: (path) => note(questionKey('list', path), () => files.list(path)),
      readLink: (path) => note(questionKey('readlink', path), () => discreet(path, files.readLink(path))),
      identify: (path) => note(questionKey('stat', path), () => files.identify(path)),
    },
    namespaces: {
      ...namespaces,
      open: (path) => {
        let handle: NamespaceHandle | undefined;
        note(questionKey('open', path), () => {
          handle = namespaces.open(path);
          return { id: handle.id, fd: handle.fd };
        });
        // `note` throws what opening throws, so there is a handle here.
        return recordHandle(handle as NamespaceHandle, note, openTranscript);
      },
    },
    processes: {
      ...processes,
      run: (command) =>
        note(questionKey('run', command.namespace?.id ?? 'own', ...command.argv), () =>
          processes.run(command),
        ),
    },
    programs: {
      info: (id) => bytesOf(note(questionKey('program', `${id}`), () => base64(programs.info(id)))),
    },
    openEngine: (endpoint) => recordEngine(system.openEngine(endpoint), note),
  };
  const env = Object.fromEntries(
    RECORDED_ENV.flatMap((name) => (host.env[name] ? [[name, host.env[name]]] : [])),
  );
  return {
    system: recorded,
    recording: () => ({
      schema: 'netpeek.recording/1',
      host: { hostname: host.hostname, uid: host.uid, pid: host.pid },
      env,
      outcomes,
      sockets,
    }),
  };
}

/** What a process has open is nobody's business in a bug report, unless it is a socket or a namespace. */
function discreet(path: string, target: string): string {
  const isSecret = /^\/proc\/\d+\/fd\//.test(path) && !/^(socket|net):\[/.test(target);
  return isSecret ? 'file' : target;
}

/** Notes what `ask` returns, resolves to or throws, and passes it on. */
function noter(outcomes: Record<string, Outcome[]>): Note {
  const keep = (key: string, outcome: Outcome) => {
    outcomes[key] ??= [];
    outcomes[key].push(outcome);
  };
  const keepError = (key: string, error: unknown): never => {
    if (error instanceof SystemError) {
      const { code, operation, message } = error;
      keep(key, { error: { code, operation, message } });
    }
    throw error;
  };
  return <T>(key: string, ask: () => T): T => {
    try {
      const answer = ask();
      if (!(answer instanceof Promise)) {
        keep(key, { value: answer });
        return answer;
      }
      return answer.then(
        (value: unknown) => {
          keep(key, { value });
          return value;
        },
        (error: unknown) => keepError(key, error),
      ) as T;
    } catch (error) {
      return keepError(key, error);
    }
  };
}

function recordHandle(
  handle: NamespaceHandle,
  note: Note,
  openTranscript: (key: string) => Line[],
): NamespaceHandle {
  return {
    ...handle,
    readText: (path) => note(questionKey(handle.id, 'read', path), () => handle.readText(path)),
    list: (path) => note(questionKey(handle.id, 'list', path), () => handle.list(path)),
    attachedPrograms: (ifindex, attachType) =>
      note(questionKey(handle.id, 'attached', `${ifindex}`, `${attachType}`), () =>
        handle.attachedPrograms(ifindex, attachType),
      ),
    openNetlink: (protocol) =>
      recordSocket(handle.openNetlink(protocol), openTranscript(questionKey(handle.id, protocol))),
  };
}

function recordSocket(socket: NetlinkSocket, transcript: Line[]): NetlinkSocket {
  return {
    send: (message) => {
      transcript.push({ sent: base64(message) });
      socket.send(message);
    },
    receive: () => {
      try {
        const bytes = socket.receive();
        transcript.push({ received: base64(bytes) });
        return bytes;
      } catch (error) {
        if (error instanceof SystemError)
          transcript.push({ failed: { code: error.code, operation: error.operation } });
        throw error;
      }
    },
    close: socket.close,
  };
}

function recordEngine(client: EngineClient, note: Note): EngineClient {
  const { endpoint } = client;
  return {
    ...client,
    server: () => note(questionKey('engine', endpoint, 'server'), client.server),
    version: () => note(questionKey('engine', endpoint, 'version'), client.version),
    containers: () => note(questionKey('engine', endpoint, 'containers'), client.containers),
    networks: () => note(questionKey('engine', endpoint, 'networks'), client.networks),
    libpodNetworks: () => note(questionKey('engine', endpoint, 'libpodNetworks'), client.libpodNetworks),
    inspect: (id) => note(questionKey('engine', endpoint, 'inspect', id), () => client.inspect(id)),
  };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
