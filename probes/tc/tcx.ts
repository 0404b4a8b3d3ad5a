/**
 * BPF programs that hang on links without a qdisc (tcx): BPF_PROG_QUERY of bpf(2) with BPF_TCX_INGRESS and
 * BPF_TCX_EGRESS (enum bpf_attach_type, linux/bpf.h). The kernel looks for the link in the thread's namespace.
 */
import type { Gap } from '../../src/model/gap.ts';
import type { TcxProgram } from '../../src/model/traffic-control.ts';
import { type NamespaceHandle, SystemError } from '../../src/system/system.ts';
import { type AskProgram, programsGap } from '../bpf/ask.ts';

const ATTACH_POINTS = [
  { attachedTo: 'ingress', type: 46 },
  { attachedTo: 'egress', type: 47 },
] as const;
/** What a kernel says that has no tcx (before 6.6, or built without CONFIG_NET_XGRESS), or no bpf(2): so none is attached. */
const WITHOUT_TCX: ReadonlySet<string> = new Set(['EINVAL', 'ENOSYS']);

/** The programs of these links; none, and a gap, where the kernel does not let us ask. */
export function readTcx(
  namespace: Pick<NamespaceHandle, 'inside' | 'attachedPrograms'>,
  ifindexes: readonly number[],
  ask: AskProgram,
): { readonly tcx?: readonly TcxProgram[]; readonly gaps: readonly Gap[] } {
  try {
    // Entered once for all links.
    const found = namespace.inside(() => ifindexes.flatMap((ifindex) => readLink(namespace, ifindex)));
    return { tcx: found.map((one) => ({ ...one, ...ask(one.id).program })), gaps: [] };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (WITHOUT_TCX.has(error.code)) return { tcx: [], gaps: [] };
    return { gaps: [programsGap('trafficControl', 'programs attached without tc (tcx)', error)] };
  }
}

/** A link that went in the meantime has none. */
function readLink(
  namespace: Pick<NamespaceHandle, 'attachedPrograms'>,
  ifindex: number,
): readonly TcxProgram[] {
  try {
    return ATTACH_POINTS.flatMap(({ attachedTo, type }) =>
      namespace.attachedPrograms(ifindex, type).map((id) => ({ ifindex, attachedTo, id })),
    );
  } catch (error) {
    if (error instanceof SystemError && error.code === 'ENODEV') return [];
    throw error;
  }
}
