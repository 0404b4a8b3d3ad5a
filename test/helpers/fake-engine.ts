/** Something on a unix socket that takes itself for an engine, and answers as a test wants it to. */
import { createServer, type ServerResponse } from 'node:http';

export type FakeEngine = { readonly socket: string; readonly close: () => Promise<void> };

/** Answers one request; the path is without API version and query. */
export type Answer = (path: string, response: ServerResponse) => void;

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Listens on the socket until it is closed, hanging connections included. */
export async function startFakeEngine(socket: string, answer: Answer): Promise<FakeEngine> {
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    answer((request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, ''), response);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A healthy engine with these containers, whose pids are told when they are asked for. */
export function healthy(containers: readonly object[], pidOf: (id: string) => number): Answer {
  return (path, response) => {
    const [, id] = /^\/containers\/(.+)\/json$/.exec(path) ?? [];
    if (id) json(response, { Id: id, State: { Pid: pidOf(id) } });
    else if (path === '/version') json(response, { Version: '99.0' });
    else json(response, path === '/containers/json' ? containers : []);
  };
}
