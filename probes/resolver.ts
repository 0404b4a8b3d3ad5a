/**
 * The resolver settings of a namespace and of each container in it (resolv.conf(5), ip-netns(8)), without running
 * anything of a container. A container's file is hostile: it may be a link, a FIFO or endless, and is read as `read-regular.ts` reads.
 */
import { cleanText } from '../src/model/clean-text.ts';
import type { Container } from '../src/model/container.ts';
import type { Gap } from '../src/model/gap.ts';
import { NETNS_DIRECTORY } from '../src/model/nsfs.ts';
import type { Resolver, ResolverSettings } from '../src/model/resolver.ts';
import { type Files, type NamespaceHandle, SystemError } from '../src/system/system.ts';
import { parseResolvConf } from './parse-resolv-conf.ts';
import type { Subject } from './probe.ts';
import { concludeUpstreams } from './resolver/conclude-upstreams.ts';

const RESOLV_CONF = '/etc/resolv.conf';
/** A real one has a few lines. */
const LIMIT_BYTES = 64 * 1024;

/** A file to try: its path, the root it must stay in, and whose it is. */
type Candidate = Pick<ResolverSettings, 'path' | 'source'> & {
  readonly root?: string;
  /** The process whose view it is; it must still be in the namespace afterwards. */
  readonly pid?: number;
};

const HOST: Candidate = { path: RESOLV_CONF, source: 'host' };

/** Files of which the first that can be read counts, and the container they are meant for. */
type Wanted = {
  readonly container?: string;
  /** The container whose settings the engine wrote into them: another one, where this one joined its network. */
  readonly maker?: Container;
  readonly candidates: readonly Candidate[];
};

/** The settings of everyone in the namespace who has some of his own, and a gap for each file that is there but could not be read. */
export function readResolver(
  { files }: { readonly files: Files },
  { id }: Pick<NamespaceHandle, 'id'>,
  subject: Subject,
): { readonly resolver?: Resolver; readonly gaps: readonly Gap[] } {
  const readings = wantedOf(files, subject).map((wanted) => readFirst(files, id, wanted));
  const gaps = readings.flatMap((reading) => reading.gaps);
  const [first, ...others] = readings.flatMap(({ settings }) => (settings ? [settings] : []));
  return first ? { resolver: { ...first, others }, gaps } : { gaps };
}

function readFirst(
  files: Files,
  id: string,
  { container, maker, candidates }: Wanted,
): { readonly settings?: ResolverSettings; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  for (const candidate of candidates) {
    const { path, source, root, pid } = candidate;
    try {
      const bytes = files.readRegular(path, {
        limitBytes: LIMIT_BYTES,
        ...(root === undefined ? {} : { root }),
      });
      if (pid !== undefined && files.readLink(`/proc/${pid}/ns/net`) !== `net:[${id}]`) continue;
      const settings = parseResolvConf(new TextDecoder().decode(bytes));
      const untold = settings.embedded && settings.upstreams === undefined;
      const concluded = untold && maker ? concludeUpstreams(files, maker) : {};
      const whose = container === undefined ? {} : { container };
      return { settings: { path: cleanText(path), ...whose, source, ...settings, ...concluded }, gaps };
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      // No such process any more, no file of that name: the next one counts.
      if (source !== 'host' && (error.code === 'ENOENT' || error.code === 'ESRCH')) continue;
      gaps.push(gapOf(candidate, error));
    }
  }
  if (gaps.length > 0) return { gaps };
  const where = container === undefined ? '' : ` in container ${container}`;
  return { gaps: [{ probe: 'resolver', reason: `no ${RESOLV_CONF} was found${where}` }] };
}

/** Containers that share a namespace share its links and not their files: each is told by its own. */
function wantedOf(files: Files, subject: Subject): readonly Wanted[] {
  const containers = subject.containers.map((container) => ({
    container: container.name,
    maker: makerOf(container, subject.containers),
    candidates: candidatesOf(container),
  }));
  if (subject.kind === 'host') return [{ candidates: [HOST] }, ...containers];
  return containers.length > 0 ? containers : [{ candidates: ownCandidates(files, subject) }];
}

function makerOf(container: Container, containers: readonly Container[]): Container {
  const joined = /^container:(.+)$/.exec(container.networkMode)?.[1];
  return containers.find(({ id }) => id === joined) ?? container;
}

function candidatesOf({ pid, resolvConfPath }: Container): readonly Candidate[] {
  const engine: readonly Candidate[] =
    resolvConfPath === undefined ? [] : [{ path: resolvConfPath, source: 'engine' }];
  return [seenBy(pid), ...engine];
}

/** Of a namespace without a container. */
function ownCandidates(files: Files, { paths, pids }: Subject): readonly Candidate[] {
  const named = paths.flatMap((path): readonly Candidate[] =>
    path.startsWith(`${NETNS_DIRECTORY}/`)
      ? [{ path: `/etc/netns${path.slice(NETNS_DIRECTORY.length)}/resolv.conf`, source: 'netns' }]
      : [],
  );
  // A process with a root of its own (another engine's container, a unit) has a file of its own.
  const apart = named.length > 0 ? undefined : pids.find((pid) => !seesOurFiles(files, pid));
  return apart === undefined ? [...named, HOST] : [seenBy(apart)];
}

function seenBy(pid: number): Candidate {
  return { path: RESOLV_CONF, source: 'process', root: `/proc/${pid}/root`, pid };
}

/** Same mounts and same root; a process that cannot be looked at is taken for one of ours only when its file is read. */
function seesOurFiles(files: Files, pid: number): boolean {
  try {
    const mounts = files.readLink('/proc/thread-self/ns/mnt');
    return files.readLink(`/proc/${pid}/ns/mnt`) === mounts && files.readLink(`/proc/${pid}/root`) === '/';
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    // One that has ended is not worth looking at.
    return error.code === 'ENOENT' || error.code === 'ESRCH';
  }
}

function gapOf({ source, pid }: Candidate, error: SystemError): Gap {
  const whose =
    source === 'process'
      ? `of pid ${pid}`
      : source === 'engine'
        ? 'as the engine keeps it'
        : `of the ${source}`;
  const refused = error.code === 'EACCES' || error.code === 'EPERM';
  return {
    probe: 'resolver',
    reason: `resolv.conf ${whose}: ${cleanText(error.message)}`,
    ...(refused ? { needs: 'run as root' } : {}),
  };
}
