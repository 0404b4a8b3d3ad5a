import { describe, expect, test } from 'vitest';
import { programAsker, unnamedPrograms } from '../../../../probes/bpf/ask.ts';
import { parseProgramInfo } from '../../../../probes/bpf/program.ts';
import { SystemError } from '../../../../src/system/system.ts';
import { int32, int64 } from '../../../helpers/netlink-bytes.ts';

const TAG = Uint8Array.of(0x59, 0xf4, 0xa9, 0x31, 0x74, 0x4d, 0xcd, 0xc6);

/** struct bpf_prog_info up to the name: type, id, tag, two lengths, two pointers, load time, uid, map count, maps. */
const info = (name: string) =>
  new Uint8Array(
    Buffer.concat([
      int32(6),
      int32(7),
      TAG,
      ...[int32(1), int32(2), int64(3n), int64(4n), int64(5n), int32(6), int32(7), int64(8n)],
      Buffer.from(name, 'latin1'),
      Buffer.alloc(16 - name.length),
    ]),
  );
const refuse = (code: string) => () => {
  throw new SystemError(code, 'bpf(BPF_PROG_GET_FD_BY_ID)');
};

describe('the kernel’s answer about a program', () => {
  test('names it, whatever bytes the name holds', () => {
    expect(parseProgramInfo(7, info('drop_all'))).toEqual({
      id: 7,
      name: 'drop_all',
      tag: '59f4a931744dcdc6',
    });
    expect(parseProgramInfo(7, info('a\x1b[2J')).name).toBe('a\\x1b[2J');
    expect(parseProgramInfo(7, info('fifteen_letters')).name).toBe('fifteen_letters');
  });

  test('has no name where none was given, and less where the kernel is older', () => {
    expect(parseProgramInfo(7, info(''))).toEqual({ id: 7, tag: '59f4a931744dcdc6' });
    expect(parseProgramInfo(7, info('cut').slice(0, 40))).toEqual({ id: 7, tag: '59f4a931744dcdc6' });
    expect(parseProgramInfo(7, new Uint8Array())).toEqual({ id: 7 });
  });
});

describe('asking for programs', () => {
  test('asks once for each', () => {
    const asked: number[] = [];
    const ask = programAsker({
      info: (id) => {
        asked.push(id);
        return info(`p${id}`);
      },
    });
    expect([7, 8, 7, 7].map((id) => ask(id).program?.name)).toEqual(['p7', 'p8', 'p7', 'p7']);
    expect(asked).toEqual([7, 8]);
    expect(unnamedPrograms([7, 8], ask)).toEqual([]);
  });

  test('takes one that is gone for no gap', () => {
    const ask = programAsker({ info: refuse('ENOENT') });
    expect(ask(7)).toEqual({});
    expect(unnamedPrograms([7], ask)).toEqual([]);
  });

  test('says once that the kernel refused, and what would help', () => {
    const ask = programAsker({ info: (id) => (id === 1 ? info('seen') : refuse('EPERM')()) });
    const reason = 'names of programs: bpf(BPF_PROG_GET_FD_BY_ID): EPERM';
    expect(unnamedPrograms([1, 2, 3], ask)).toEqual([
      { probe: 'bpf', reason, needs: 'run as root (CAP_SYS_ADMIN)' },
    ]);
    expect(unnamedPrograms([2], programAsker({ info: refuse('EMFILE') }))).toEqual([
      { probe: 'bpf', reason: 'names of programs: bpf(BPF_PROG_GET_FD_BY_ID): EMFILE' },
    ]);
  });

  test('lets a mistake of our own through', () => {
    const ask = programAsker({ info: () => undefined as never });
    expect(() => ask(7)).toThrow(TypeError);
  });
});
