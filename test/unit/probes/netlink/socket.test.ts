import { describe, expect, test } from 'vitest';
import { NetlinkError, openRtnetlink } from '../../../../probes/netlink/socket.ts';
import { done, int32, message, NLM_F_DUMP_INTR, NLMSG_ERROR } from '../../../helpers/netlink-bytes.ts';
import { scriptedHandle, scriptedSocket } from '../../../helpers/scripted-system.ts';

const LINK = 16;
const request = { type: 18, header: new Uint8Array(16) };

/** A conversation over a socket that answers with these datagrams, and what was sent over it. */
function conversation(...datagrams: readonly Uint8Array[]) {
  const socket = scriptedSocket(datagrams);
  const rtnetlink = openRtnetlink(scriptedHandle('1', { openNetlink: () => socket }));
  return { rtnetlink, socket };
}

const sequenceOf = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(8, true);

describe('a dump', () => {
  test('gathers datagrams until the end is said', () => {
    const { rtnetlink } = conversation(message(LINK, []), message(LINK, []), done());
    expect(rtnetlink.dump(request)).toHaveLength(2);
  });

  test('is read again when the kernel says that it was interrupted, and only the second reading counts', () => {
    const { rtnetlink, socket } = conversation(
      message(LINK, [int32(1)], { flags: NLM_F_DUMP_INTR }),
      done(),
      message(LINK, [int32(2)], { sequence: 2 }),
      done({ sequence: 2 }),
    );
    expect(rtnetlink.dump(request).map(({ view, start }) => view.getInt32(start, true))).toEqual([2]);
    expect(socket.sent.map(sequenceOf)).toEqual([1, 2]);
  });

  test('that is interrupted each time is given up, not passed off as whole', () => {
    const interrupted = Array.from({ length: 9 }, (_, index) =>
      done({ sequence: index + 1, flags: NLM_F_DUMP_INTR }),
    );
    expect(() => conversation(...interrupted).rtnetlink.dump(request)).toThrow(NetlinkError);
  });

  test('passes over what answers an earlier request', () => {
    const { rtnetlink } = conversation(
      done(),
      message(LINK, [int32(9)], { sequence: 1 }),
      done({ sequence: 1 }),
      message(LINK, [int32(5)], { sequence: 2 }),
      done({ sequence: 2 }),
    );
    rtnetlink.dump(request);
    expect(rtnetlink.dump(request).map(({ view, start }) => view.getInt32(start, true))).toEqual([5]);
  });

  test('that the kernel refuses throws its errno', () => {
    const { rtnetlink } = conversation(message(NLMSG_ERROR, [int32(-95), new Uint8Array(16)]));
    expect(() => rtnetlink.dump(request)).toThrow(
      expect.objectContaining({ name: 'NetlinkError', errno: 95 }),
    );
  });

  test('that fails half way is no shorter table', () => {
    const { rtnetlink } = conversation(message(LINK, []), message(NLMSG_ERROR, [int32(-12)]));
    expect(() => rtnetlink.dump(request)).toThrow(expect.objectContaining({ errno: 12 }));
  });

  test('whose end carries an errno throws it', () => {
    const { rtnetlink } = conversation(message(LINK, []), message(3, [int32(-22)]));
    expect(() => rtnetlink.dump(request)).toThrow(expect.objectContaining({ errno: 22 }));
  });
});

describe('a question', () => {
  test('has one answer', () => {
    const { rtnetlink } = conversation(message(88, [int32(3)]));
    expect(rtnetlink.get(request)?.type).toBe(88);
  });

  test('that is only acknowledged has none', () => {
    const { rtnetlink } = conversation(message(NLMSG_ERROR, [int32(0)]));
    expect(rtnetlink.get(request)).toBeUndefined();
  });
});
