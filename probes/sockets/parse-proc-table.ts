/** The tables tcp, tcp6, udp and udp6 of /proc/net (proc_pid_net(5)): no backlog, no link, nothing of IPV6_V6ONLY. */
import type { Socket } from '../../src/model/socket.ts';
import { addressText } from '../netlink/rtnetlink.ts';
import { stateName, TCP_CLOSE, TCP_LISTEN } from './state-names.ts';

/** `0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1285839 …` */
const LINE =
  /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]{8}:([0-9A-F]{8}) \S+ \S+ +(\d+) +\d+ +(\d+)/;

/** The sockets that wait; connected ones and lines of another shape are passed over. */
export function parseProcTable(
  text: string,
  { protocol, family }: Pick<Socket, 'protocol' | 'family'>,
): readonly Socket[] {
  const wanted = protocol === 'tcp' ? TCP_LISTEN : TCP_CLOSE;
  return text.split('\n').flatMap((line): readonly Socket[] => {
    const [, address = '', port = '', state = '', receiveQueue = '', uid, inode] = LINE.exec(line) ?? [];
    if (Number.parseInt(state, 16) !== wanted) return [];
    return [
      {
        protocol,
        family,
        address: addressText(bytesOfWords(address)),
        port: Number.parseInt(port, 16),
        state: stateName(protocol, wanted),
        receiveQueue: Number.parseInt(receiveQueue, 16),
        uid: Number(uid),
        inode: Number(inode),
      },
    ];
  });
}

/** Each word of 32 bits is printed as the machine's number, so a little-endian one shows its bytes backwards. */
function bytesOfWords(hex: string): Uint8Array {
  const words = hex.match(/.{8}/g) ?? [];
  return Uint8Array.from(
    words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16))),
  );
}
