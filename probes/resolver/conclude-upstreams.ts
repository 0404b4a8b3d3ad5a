/**
 * Whom Docker's embedded server asks, where the container's file does not name them (engines before 24): what its
 * libnetwork does when a container starts (sandbox_dns_unix.go and resolvconf.go of moby 20.10). The container's own
 * `--dns` counts, else the daemon's, else the host's file; only IPv4, and three at most.
 */
import ipaddr from 'ipaddr.js';
import type { Container } from '../../src/model/container.ts';
import type { ResolverSettings, Upstream } from '../../src/model/resolver.ts';
import { type Files, SystemError } from '../../src/system/system.ts';
import { asList, asRecord, asText } from '../json-values.ts';
import { parseResolvConf } from '../parse-resolv-conf.ts';

const HOST_FILE = '/etc/resolv.conf';
/** Where systemd-resolved keeps the servers that it asks itself; taken where the host's file names nothing but its stub. */
const RESOLVED_FILE = '/run/systemd/resolve/resolv.conf';
const RESOLVED_STUB = '127.0.0.53';
/** Where a daemon that is started as usual keeps its pid and its settings. */
const PID_FILE = '/run/docker.pid';
const DAEMON_FILE = '/etc/docker/daemon.json';
/** libnetwork's `maxExtDNS`. */
const UPSTREAMS_ASKED = 3;
/** Taken where the host names no server at all. */
const GOOGLE = ['8.8.8.8', '8.8.4.4'];
const LIMIT_BYTES = 64 * 1024;

type Concluded = Required<Pick<ResolverSettings, 'upstreams' | 'upstreamsFrom'>>;

/** Undefined where nothing can be concluded: files that cannot be read, or servers that this engine does not ask. */
export function concludeUpstreams(files: Files, { dns }: Pick<Container, 'dns'>): Concluded | undefined {
  // Not known is not 'none': an older inspection may lack it.
  if (dns === undefined) return undefined;
  if (dns.length > 0) return concluded('container', dns);
  try {
    const daemon = readDaemonServers(files);
    if (daemon.length > 0) return concluded('daemon', daemon);
    const { nameservers } = readHostFile(files);
    return nameservers.length === 0 ? concluded('default', GOOGLE) : concluded('host', nameservers);
  } catch (error) {
    if (error instanceof SystemError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function concluded(
  upstreamsFrom: Concluded['upstreamsFrom'],
  servers: readonly string[],
): Concluded | undefined {
  const upstreams = servers
    .filter((address) => ipaddr.IPv4.isValidFourPartDecimal(address))
    .map(
      (address): Upstream => ({
        address,
        // The host's loopback is asked from the host; one that was given with --dns is the container's own.
        fromHost: upstreamsFrom === 'host' && ipaddr.IPv4.parse(address).range() === 'loopback',
      }),
    );
  if (upstreams.length === 0) return undefined;
  return { upstreams: upstreams.slice(0, UPSTREAMS_ASKED), upstreamsFrom };
}

function readHostFile(files: Files): ReturnType<typeof parseResolvConf> {
  const settings = parseResolvConf(readOrEmpty(files, HOST_FILE));
  const [first, ...others] = settings.nameservers;
  const stubAlone = first === RESOLVED_STUB && others.length === 0;
  return stubAlone ? parseResolvConf(readOrEmpty(files, RESOLVED_FILE)) : settings;
}

/** The daemon's `--dns`, from its command line and its file. */
function readDaemonServers(files: Files): readonly string[] {
  const pid = readOrEmpty(files, PID_FILE).trim();
  const words = /^\d+$/.test(pid) ? readOrEmpty(files, `/proc/${pid}/cmdline`).split('\0') : [];
  const isDaemon = words[0]?.endsWith('dockerd') === true;
  return isDaemon
    ? [...optionValues(words, '--dns'), ...readDaemonFile(files, optionValues(words, '--config-file')[0])]
    : readDaemonFile(files);
}

function readDaemonFile(files: Files, path: string = DAEMON_FILE): readonly string[] {
  const written = readOrEmpty(files, path);
  if (written.trim() === '') return [];
  return asList(asRecord(JSON.parse(written)).dns).map(asText);
}

/** `--dns 192.0.2.1` and `--dns=192.0.2.1`; the option may be given again, or hold several. */
function optionValues(words: readonly string[], option: string): readonly string[] {
  return words
    .flatMap((word, place) =>
      word === option
        ? (words[place + 1] ?? [])
        : word.startsWith(`${option}=`)
          ? word.slice(option.length + 1)
          : [],
    )
    .flatMap((value) => value.split(','));
}

/** A file that is not there says nothing. */
function readOrEmpty(files: Files, path: string): string {
  try {
    return new TextDecoder().decode(files.readRegular(path, { limitBytes: LIMIT_BYTES }));
  } catch (error) {
    if (error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ESRCH')) return '';
    throw error;
  }
}
