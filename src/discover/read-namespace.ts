/** Runs the probes that were asked for in one open namespace. */
import { type AskProgram, programAsker } from '../../probes/bpf/ask.ts';
import { probes } from '../../probes/index.ts';
import type { Subject } from '../../probes/probe.ts';
import { readHolders, type SocketHolders } from '../../probes/sockets/holders.ts';
import type { NamespaceFacts, Section } from '../model/facts.ts';
import { type Gap, joinGaps } from '../model/gap.ts';
import type { System } from '../system/system.ts';
import { gapOf } from './gaps.ts';
import type { OpenNamespace } from './open-namespaces.ts';

export type Wanted = {
  readonly sections: ReadonlySet<Section>;
  readonly stats: boolean;
  /** Which processes hold which sockets, where several namespaces share one look at all processes. */
  readonly holders?: () => SocketHolders;
  /** The BPF programs that were asked for already, where several namespaces share the answers. */
  readonly askProgram?: AskProgram;
};

/** The facts of these sections; a probe that fails leaves a gap and the others go on. */
export async function readNamespace(
  system: System,
  { id, handle, rtnetlink }: OpenNamespace,
  subject: Subject,
  {
    sections,
    stats,
    holders = () => readHolders(system.files),
    askProgram = programAsker(system.programs),
  }: Wanted,
): Promise<{ readonly facts: NamespaceFacts; readonly gaps: readonly Gap[] }> {
  let facts: NamespaceFacts = {};
  let gaps: readonly Gap[] = [];
  for (const probe of probes) {
    if (!sections.has(probe.name)) continue;
    try {
      const answer = probe.read({
        system,
        namespace: handle,
        subject,
        rtnetlink,
        stats,
        holders,
        askProgram,
      });
      const reading = answer instanceof Promise ? await answer : answer;
      facts = { ...facts, ...reading.facts };
      const left = (reading.gaps ?? []).map((gap) => ({ ...gap, namespace: id }));
      gaps = joinGaps(gaps, left);
    } catch (error) {
      gaps = [...gaps, gapOf(probe.name, error, id)];
    }
  }
  return { facts, gaps };
}
