/** The sysctls that decide forwarding, ARP and conntrack, each as it is set and as the kernel applies it. */
import { effectiveSysctls } from '../model/effective-sysctls.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { formatNotRead } from './gaps.ts';
import type { TableView } from './table.ts';

export type SysctlsFormat = {
  /** Those too that links made later will begin with. */
  readonly defaults?: boolean;
};

export function sysctlsTable(
  snapshot: Snapshot,
  namespace: Namespace,
  { defaults = true }: SysctlsFormat = {},
): TableView {
  const sysctls = namespace.sysctls ?? {};
  const effective = new Map(
    effectiveSysctls(sysctls).map((one) => [`${one.family}/conf/${one.link}/${one.name}`, one]),
  );
  const shown = Object.entries(sysctls).filter(
    ([path]) => defaults || !/^ipv[46]\/conf\/default\//.test(path),
  );
  return {
    columns: [
      { title: 'sysctl', shrink: 30, cut: 'middle' },
      { title: 'value', align: 'right', shrink: 6 },
      { title: 'effective', align: 'right' },
      { title: 'by', shrink: 14, drop: 1 },
    ],
    rows: shown.map(([path, value]) => {
      const applied = effective.get(path);
      return {
        key: path,
        cells: [`net/${path}`, value, applied?.effective ?? '', applied?.rule ?? ''],
        tone: applied !== undefined && applied.effective !== value ? 'accent' : 'normal',
      };
    }),
    empty:
      namespace.sysctls === undefined
        ? formatNotRead(snapshot, namespace.id, 'sysctls')
        : 'no network sysctls on this kernel',
  };
}
