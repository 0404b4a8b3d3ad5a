import { describe, expect, test } from 'vitest';
import type { AskProgram } from '../../../../probes/bpf/ask.ts';
import { withXdpPrograms } from '../../../../probes/links/xdp-programs.ts';
import type { LinkFact } from '../../../../src/model/link.ts';
import { SystemError } from '../../../../src/system/system.ts';

const link = (ifindex: number, programIds?: readonly number[]): LinkFact => ({
  ifindex,
  name: `l${ifindex}`,
  kind: 'veth',
  mac: '',
  mtu: 1500,
  operState: 'up',
  adminUp: true,
  carrier: true,
  ...(programIds ? { xdp: { mode: 'multi', programIds } } : {}),
});
const ask: AskProgram = (id) => (id === 8 ? {} : { program: { id, name: `p${id}` } });

describe('the XDP programs of links', () => {
  test('are named where the kernel tells of them, and keep their ids', () => {
    const { entries, gaps } = withXdpPrograms(
      { entries: [link(1), link(2, [7, 8]), link(3, [8])], gaps: [] },
      ask,
    );
    expect(entries.map(({ xdp }) => xdp)).toEqual([
      undefined,
      { mode: 'multi', programIds: [7, 8], programs: [{ id: 7, name: 'p7' }] },
      { mode: 'multi', programIds: [8] },
    ]);
    expect(gaps).toEqual([]);
  });

  test('are not asked for where there are none', () => {
    const given = { entries: [link(1)], gaps: [{ probe: 'links', reason: 'cut' }] };
    expect(withXdpPrograms(given, () => expect.unreachable('there is no program'))).toEqual(given);
  });

  test('without names leave a gap that is not one of links, which are whole', () => {
    const refused = new SystemError('EPERM', 'bpf(BPF_PROG_GET_FD_BY_ID)');
    const { gaps } = withXdpPrograms({ entries: [link(2, [7]), link(3, [9])], gaps: [] }, () => ({
      refused,
    }));
    expect(gaps.map(({ probe }) => probe)).toEqual(['bpf']);
  });
});
