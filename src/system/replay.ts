/** A `System` that gives recorded answers again. It touches nothing, and refuses what was not recorded. */
import { type Outcome, questionKey, type Recording, type Transcript } from './recording.ts';
import {
  type EngineClient,
  type NamespaceHandle,
  type NetlinkSocket,
  type System,
  SystemError,
} from './system.ts';

type Answer = <T>(key: string) => T;

/** Answers each question in the recorded order; the last answer to a question is given again and again. */
export function replaySystem(recording: Recording): System {
  const given = new Map<string, number>();
  const next = <T>(key: string, all: readonly T[] | undefined): T => {
    const index = given.get(key) ?? 0;
    given.set(key, index + 1);
    const found = all?.[Math.min(index, all.length - 1)];
    if (found === undefined) throw new SystemError('ENODATA', key, 'not in the recording');
    return found;
  };
  const answer: Answer = <T>(key: string) => unwrap<T>(next(key, recording.outcomes[key]));
  const transcript = (key: string) => next(`socket ${key}`, recording.sockets[key]);
  return {
    clock: { now: () => new Date(answer<string>('now')), monotonicMs: () => answer('monotonic') },
    host: { ...recording.host, env: recording.env },
    files: {
      readText: (path) => answer(questionKey('read', path)),
      readRegular: (path, { root }) =>
        new Uint8Array(Buffer.from(answer<string>(questionKey('regular', root ?? '', path)), 'base64')),
      list: (path) => answer(questionKey('list', path)),
      readLink: (path) => answer(questionKey('readlink', path)),
      identify: (path) => answer(questionKey('stat', path)),
      writeText: refuse,
      writeStream: refuse,
      makeDirectory: refuse,
      remove: refuse,
      removeDirectory: refuse,
      bindMount: refuse,
      unmount: refuse,
      watch: refuse,
    },
    namespaces: {
      open: (path) => replayHandle(answer(questionKey('open', path)), answer, transcript),
      waitForAny: refuse,
    },
    processes: {
      run: async ({ argv, namespace }) => answer(questionKey('run', namespace?.id ?? 'own', ...argv)),
      start: refuse,
      hand: refuse,
      sweep: () => [],
    },
    programs: {
      info: (id) => new Uint8Array(Buffer.from(answer<string>(questionKey('program', `${id}`)), 'base64')),
    },
    expectNamespaces: () => undefined,
    openEngine: (endpoint) => replayEngine(endpoint, answer),
  };
}

function unwrap<T>(outcome: Outcome): T {
  if ('value' in outcome) return outcome.value as T;
  const { code, operation, message } = outcome.error;
  throw new SystemError(code, operation, message.replace(`${operation}: `, ''));
}

function replayHandle(
  { id, fd }: { readonly id: string; readonly fd: number },
  answer: Answer,
  transcript: (key: string) => Transcript,
): NamespaceHandle {
  return {
    id,
    fd,
    inside: (action) => action(),
    readText: (path) => answer(questionKey(id, 'read', path)),
    list: (path) => answer(questionKey(id, 'list', path)),
    openNetlink: (protocol) => replaySocket(transcript(questionKey(id, protocol))),
    attachedPrograms: (ifindex, attachType) =>
      answer(questionKey(id, 'attached', `${ifindex}`, `${attachType}`)),
    listen: refuse,
    openWire: refuse,
    close: () => {},
  };
}

function replaySocket(transcript: Transcript): NetlinkSocket {
  let at = 0;
  const take = () => {
    const line = transcript[at];
    at += 1;
    return line;
  };
  return {
    send: (message) => {
      const line = take();
      if (!line || !('sent' in line) || line.sent !== Buffer.from(message).toString('base64'))
        throw new SystemError('ENODATA', 'netlink send', 'another request was recorded here');
    },
    receive: () => {
      const line = take();
      if (line && 'failed' in line) throw new SystemError(line.failed.code, line.failed.operation);
      if (!line || !('received' in line))
        throw new SystemError('ENODATA', 'netlink receive', 'not in the recording');
      return new Uint8Array(Buffer.from(line.received, 'base64'));
    },
    close: () => {},
  };
}

function replayEngine(endpoint: string, answer: Answer): EngineClient {
  return {
    endpoint,
    server: async () => answer(questionKey('engine', endpoint, 'server')),
    version: async () => answer(questionKey('engine', endpoint, 'version')),
    containers: async () => answer(questionKey('engine', endpoint, 'containers')),
    networks: async () => answer(questionKey('engine', endpoint, 'networks')),
    libpodNetworks: async () => answer(questionKey('engine', endpoint, 'libpodNetworks')),
    inspect: async (id) => answer(questionKey('engine', endpoint, 'inspect', id)),
    events: refuse,
  };
}

function refuse(): never {
  throw new SystemError('ENOTSUP', 'replay', 'a recording can only be read');
}
