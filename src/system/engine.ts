/** The engine's API through dockerode (Docker Engine API; podman answers the same). Loaded only when an engine is asked. */

import type { Agent, IncomingMessage } from 'node:http';
import type Docker from 'dockerode';
import { type EngineClient, SystemError } from './system.ts';

/** Milliseconds one answer may take. A healthy engine needs a few; a hung one must not hang netpeek. */
const ANSWER_TIMEOUT_MS = 5_000;

/** A client for `unix://PATH` or `tcp://HOST:PORT`. Nothing is connected yet; a bad endpoint fails at the first call. */
export function openEngine(endpoint: string): EngineClient {
  let opened: Promise<Docker> | undefined;
  const docker = () => {
    opened ??= connect(endpoint);
    return opened;
  };
  const ask = async <T>(what: string, call: (docker: Docker) => Promise<T>): Promise<T> => {
    try {
      return await withTimeout(call(await docker()), what);
    } catch (error) {
      throw asSystemError(error, `engine ${endpoint}: ${what}`);
    }
  };
  return {
    endpoint,
    server: () => ask('ping', askServer),
    version: () => ask('version', (client) => client.version()),
    containers: () => ask('containers', (client) => client.listContainers({ all: true })),
    networks: () => ask('networks', (client) => client.listNetworks()),
    libpodNetworks: () => ask('networks of podman', askLibpodNetworks),
    inspect: (id) => ask('inspect', (client) => client.getContainer(id).inspect()),
    events: (signal) => events(docker, signal),
  };
}

async function connect(endpoint: string): Promise<Docker> {
  const { default: Client } = await import('dockerode');
  const url = new URL(endpoint);
  // dockerode hands the agent on to docker-modem; its own types do not tell.
  const connecting = { agent: plainAgent() };
  if (url.protocol === 'unix:')
    return new Client({ socketPath: decodeURIComponent(url.pathname), ...connecting });
  if (url.protocol === 'tcp:' || url.protocol === 'http:')
    return new Client({ protocol: 'http', host: url.hostname, port: url.port || 2375, ...connecting });
  throw new SystemError('EPROTONOSUPPORT', endpoint, 'only unix:// and tcp:// engines can be asked');
}

/**
 * Keeps connections, as Node's own agent does. A server name is only for TLS, and to find out whether the host could be
 * one Node compiles the pattern of an IPv6 address: 3 ms, unless the name is given as empty.
 */
function plainAgent(): Agent {
  const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
  const options = { keepAlive: true, servername: '' };
  return new HttpAgent(options);
}

/** GET /_ping, for its header alone; dockerode hides headers unless it is asked for a stream. */
function askServer({ modem }: Docker): Promise<string> {
  const request = { path: '/_ping', method: 'GET', isStream: true, statusCodes: { 200: true } };
  return new Promise((resolve, reject) => {
    modem.dial(request, (error: unknown, answer: unknown) => {
      if (error) return reject(error);
      const response = answer as IncomingMessage;
      // Unread, the body would keep the connection.
      response.resume();
      resolve(String(response.headers.server ?? ''));
    });
  });
}

/** GET /libpod/networks/json. dockerode knows no path of podman's own; its `modem` asks any. */
function askLibpodNetworks({ modem }: Docker): Promise<unknown> {
  const path = '/v4.0.0/libpod/networks/json';
  return new Promise((resolve, reject) => {
    modem.dial({ path, method: 'GET', statusCodes: { 200: true } }, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

async function* events(docker: () => Promise<Docker>, signal: AbortSignal): AsyncIterable<unknown> {
  const stream = await (await docker()).getEvents({ abortSignal: signal });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim()) yield JSON.parse(line);
    }
  } catch (error) {
    if (!signal.aborted) throw asSystemError(error, 'engine events');
  }
}

async function withTimeout<T>(answer: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SystemError('ETIMEDOUT', what)), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Network errors carry a `code`; the engine's own a `statusCode` and a message. */
function asSystemError(error: unknown, operation: string): SystemError {
  if (error instanceof SystemError) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  return new SystemError(code ?? (statusCode ? `HTTP ${statusCode}` : 'EPROTO'), operation, code ?? message);
}
