/** The sysctls of a link that decide over packets that come in by it, each joined with those of `all` as the kernel does. */
import { effectiveSysctls } from '../../model/effective-sysctls.ts';
import type { Sysctls } from '../../model/sysctls.ts';

export type Settings = ReadonlyMap<string, number>;

const known = new WeakMap<Sysctls, Settings>();

/** An effective sysctl such as `ipv4`, `eth0`, `rp_filter`; undefined where it was not read. */
export function setting(
  sysctls: Sysctls | undefined,
  family: 'ipv4' | 'ipv6',
  link: string,
  name: string,
): number | undefined {
  if (!sysctls) return undefined;
  const found = known.get(sysctls) ?? readSettings(sysctls);
  known.set(sysctls, found);
  return found.get(`${family}/${link}/${name}`);
}

function readSettings(sysctls: Sysctls): Settings {
  return new Map(
    effectiveSysctls(sysctls).map(({ family, link, name, effective }) => [
      `${family}/${link}/${name}`,
      Number(effective),
    ]),
  );
}
