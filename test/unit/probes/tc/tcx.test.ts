import { describe, expect, test } from 'vitest';
import { readTcx } from '../../../../probes/tc/tcx.ts';
import { SystemError } from '../../../../src/system/system.ts';
import { scriptedHandle } from '../../../helpers/scripted-system.ts';

const INGRESS = 46;
const named = (id: number) => ({ program: { id, name: `p${id}`, tag: '01' } });
const read = (attachedPrograms: (ifindex: number, type: number) => readonly number[], ask = named) =>
  readTcx(scriptedHandle('1', { attachedPrograms }), [2, 3], ask);
const refuse = (code: string) => {
  throw new SystemError(code, 'bpf(BPF_PROG_QUERY)');
};

describe('programs attached without a qdisc', () => {
  test('are told link by link and side by side, in the order they run', () => {
    expect(read((ifindex, type) => (ifindex === 2 ? [] : type === INGRESS ? [9, 5] : [7]))).toEqual({
      tcx: [
        { ifindex: 3, attachedTo: 'ingress', id: 9, name: 'p9', tag: '01' },
        { ifindex: 3, attachedTo: 'ingress', id: 5, name: 'p5', tag: '01' },
        { ifindex: 3, attachedTo: 'egress', id: 7, name: 'p7', tag: '01' },
      ],
      gaps: [],
    });
  });

  test('that nobody can name keep their id', () => {
    const nothing = () => ({}) as ReturnType<typeof named>;
    expect(read((ifindex, type) => (ifindex === 2 && type === INGRESS ? [9] : []), nothing).tcx).toEqual([
      { ifindex: 2, attachedTo: 'ingress', id: 9 },
    ]);
  });

  test('of a link that went in the meantime are none, and others are read', () => {
    expect(read((ifindex, type) => (ifindex === 2 ? refuse('ENODEV') : [type])).tcx).toHaveLength(2);
  });

  test.each(['EINVAL', 'ENOSYS'])('do not exist where the kernel answers %s', (code) => {
    expect(read(() => refuse(code))).toEqual({ tcx: [], gaps: [] });
  });

  test('are a gap, and not none, where the kernel refuses', () => {
    expect(read(() => refuse('EPERM'))).toEqual({
      gaps: [
        {
          probe: 'trafficControl',
          reason: 'programs attached without tc (tcx): bpf(BPF_PROG_QUERY): EPERM',
          needs: 'run as root (CAP_SYS_ADMIN)',
        },
      ],
    });
  });
});
