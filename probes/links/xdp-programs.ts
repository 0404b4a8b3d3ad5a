/** What the XDP programs of links are called: netlink gives their ids alone, bpf(2) knows the rest. */
import type { LinkFact } from '../../src/model/link.ts';
import { type AskProgram, unnamedPrograms } from '../bpf/ask.ts';
import type { Bounded } from '../netlink/bounded.ts';

/** The links with the names of their programs. Nothing is asked where no link has one. */
export function withXdpPrograms({ entries, gaps }: Bounded<LinkFact>, ask: AskProgram): Bounded<LinkFact> {
  const ids = entries.flatMap(({ xdp }) => xdp?.programIds ?? []);
  if (ids.length === 0) return { entries, gaps };
  return {
    entries: entries.map((link) => withPrograms(link, ask)),
    gaps: [...gaps, ...unnamedPrograms(ids, ask)],
  };
}

function withPrograms(link: LinkFact, ask: AskProgram): LinkFact {
  const { xdp } = link;
  const programs = xdp?.programIds.flatMap((id) => ask(id).program ?? []) ?? [];
  return xdp === undefined || programs.length === 0 ? link : { ...link, xdp: { ...xdp, programs } };
}
