/** One socket as sock_diag tells it (struct inet_diag_msg, linux/inet_diag.h). */
import type { Socket } from '../../src/model/socket.ts';
import { bytesOf, eachAttribute } from '../netlink/attributes.ts';
import type { Payload } from '../netlink/message.ts';
import { addressText, familyOf } from '../netlink/rtnetlink.ts';
import { stateName, TCP_LISTEN } from './state-names.ts';

const MESSAGE_BYTES = 72;
/** Where the fields are; ports and addresses are big-endian, the rest is the machine's. */
const AT = {
  state: 1,
  port: 4,
  address: 8,
  ifindex: 40,
  receiveQueue: 56,
  sendQueue: 60,
  uid: 64,
  inode: 68,
};
const INET_DIAG_SKV6ONLY = 11;

/** undefined for a family that netpeek does not read. */
export function parseDiagnostic(
  { view, start, end }: Payload,
  protocol: Socket['protocol'],
): Socket | undefined {
  const family = familyOf(view.getUint8(start));
  if (!family) return undefined;
  const state = view.getUint8(start + AT.state);
  const ifindex = view.getUint32(start + AT.ifindex, true);
  let v6only: boolean | undefined;
  eachAttribute(view, start + MESSAGE_BYTES, end, (type, at) => {
    if (type === INET_DIAG_SKV6ONLY) v6only = view.getUint8(at) !== 0;
  });
  return {
    protocol,
    family,
    address: addressText(bytesOf(view, start + AT.address, family === 'ipv4' ? 4 : 16)),
    port: view.getUint16(start + AT.port),
    state: stateName(protocol, state),
    receiveQueue: view.getUint32(start + AT.receiveQueue, true),
    ...(state === TCP_LISTEN ? { backlog: view.getUint32(start + AT.sendQueue, true) } : {}),
    uid: view.getUint32(start + AT.uid, true),
    inode: view.getUint32(start + AT.inode, true),
    ...(v6only === undefined ? {} : { v6only }),
    ...(ifindex === 0 ? {} : { ifindex }),
  };
}
