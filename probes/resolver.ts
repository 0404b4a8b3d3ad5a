/**
 * The resolver settings of a namespace and of each container in it (resolv.conf(5), ip-netns(8)), without running
 * anything of a container. A container's file is hostile: it may be a link, a FIFO or endless, and is read as `read-regular.ts` reads.
 */
import { cleanText } from '../src/model/clean-text.ts';
import type { Gap } from '../src/model/gap.ts';
import type { Resolver, ResolverSettings } from '../src/model/resolver.ts';
import { type Files, type NamespaceHandle, SystemError } from '../src/system/system.ts';
import { parseResolvConf } from './parse-resolv-conf.ts';
import type { Subject } from './probe.ts';
import { concludeUpstreams } from './resolver/conclude-upstreams.ts';
import { type Candidate, type Wanted, wantedOf } from './resolver/whose-file.ts';

const RESOLV_CONF = '/etc/resolv.conf';
/** A real one has a few lines. */
const LIMIT_BYTES = 64 * 1024;

/** The settings of everyone in the namespace who has some of his own, and a gap for each file that is there but could not be read. */
export function readResolver(
  { files }: { readonly files: Files },
  { id }: Pick<NamespaceHandle, 'id'>,
  subject: Subject,
): { readonly resolver?: Resolver; readonly gaps: readonly Gap[] } {
  const readings = wantedOf(files, subject, 'resolv.conf').map((wanted) => readFirst(files, id, wanted));
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
