/** Which engine to ask, as the `docker` command chooses: --docker-host, DOCKER_HOST, the current context, the default socket. */
import type { System } from '../src/system/system.ts';
import { asRecord, asText } from './json-values.ts';

const DEFAULT_ENDPOINT = 'unix:///var/run/docker.sock';

export type EngineChoice = {
  readonly endpoint: string;
  /** The user named it on the command line, so that failing to reach it is an error and not a gap. */
  readonly explicit: boolean;
};

/** The endpoint to use. Unreadable or broken configuration counts as none. */
export function readEngineChoice(
  system: Pick<System, 'host' | 'files'>,
  named: string | undefined,
): EngineChoice {
  if (named) return { endpoint: withScheme(named), explicit: true };
  const { DOCKER_HOST } = system.host.env;
  if (DOCKER_HOST) return { endpoint: withScheme(DOCKER_HOST), explicit: false };
  return { endpoint: readContextEndpoint(system) ?? DEFAULT_ENDPOINT, explicit: false };
}

/** A bare path is a socket, a bare host:port is tcp, as for docker. */
function withScheme(endpoint: string): string {
  if (endpoint.includes('://')) return endpoint;
  return endpoint.startsWith('/') ? `unix://${endpoint}` : `tcp://${endpoint}`;
}

/** The current context's host: ~/.docker/config.json names it, ~/.docker/contexts/meta/HASH/meta.json describes it. */
function readContextEndpoint({ host, files }: Pick<System, 'host' | 'files'>): string | undefined {
  const directory = host.env.DOCKER_CONFIG ?? `${host.env.HOME ?? '/root'}/.docker`;
  const readJson = (path: string) => asRecord(JSON.parse(files.readText(path)));
  try {
    const context = host.env.DOCKER_CONTEXT ?? asText(readJson(`${directory}/config.json`).currentContext);
    if (!context || context === 'default') return undefined;
    const metadata = `${directory}/contexts/meta`;
    const found = files
      .list(metadata)
      .map((hash) => readJson(`${metadata}/${hash}/meta.json`))
      .find((meta) => meta.Name === context);
    return asText(asRecord(asRecord(found?.Endpoints).docker).Host) || undefined;
  } catch {
    return undefined;
  }
}
