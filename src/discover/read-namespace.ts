/** Runs the probes that were asked for in one open namespace. */
import { probes } from '../../probes/index.ts';
import type { Subject } from '../../probes/probe.ts';
import { readHolders, type SocketHolders } from '../../probes/sockets/holders.ts';
import type { NamespaceFacts, Section } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { System } from '../system/system.ts';
import { gapOf } from './gaps.ts';
import type { OpenNamespace } from './open-namespaces.ts';

export type Wanted = {
  readonly sections: ReadonlySet<Section>;
  readonly stats: boolean;
  /** Which processes hold which sockets, where several namespaces share one look at all processes. */
  readonly holders?: () => SocketHolders;
};

/** The facts of these sections; a probe that fails leaves a gap and the others go on. */
export async function readNamespace(
  system: System,
  { id, handle, rtnetlink }: OpenNamespace,
  subject: Subject,
  { sections, stats, holders = () => readHolders(system.files) }: Wanted,
): Promise<{ readonly facts: NamespaceFacts; readonly gaps: readonly Gap[] }> {
  let facts: NamespaceFacts = {};
  const gaps: Gap[] = [];
  for (const probe of probes) {
    if (!sections.has(probe.name)) continue;
    try {
      const answer = probe.read({ system, namespace: handle, subject, rtnetlink, stats, holders });
      const reading = answer instanceof Promise ? await answer : answer;
      facts = { ...facts, ...reading.facts };
      for (const gap of reading.gaps ?? []) gaps.push({ ...gap, namespace: id });
    } catch (error) {
      gaps.push(gapOf(probe.name, error, id));
    }
  }
  return { facts, gaps };
}
