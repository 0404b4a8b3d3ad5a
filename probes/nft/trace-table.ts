/**
 * A table of netpeek's own that asks the kernel for an account of one flow's packets (`meta nftrace set 1`), written over
 * netlink (linux/netfilter/nf_tables.h). It belongs to the socket that made it (NFT_TABLE_F_OWNER, Linux 5.12): the kernel
 * takes it away when that socket is closed, also when the program is killed, and nobody else can change it.
 */
import { type NamespaceHandle, type NetlinkSocket, SystemError } from '../../src/system/system.ts';
import { attribute } from '../netlink/attributes.ts';
import { decodeDatagram, encodeRequest } from '../netlink/message.ts';

/** NFNL_MSG_BATCH_BEGIN and _END; NFT_MSG_NEW* with NFNL_SUBSYS_NFTABLES in the upper byte. */
const MESSAGE = { begin: 0x10, end: 0x11, table: 0x0a00, chain: 0x0a03, rule: 0x0a06 } as const;
const NFNL_SUBSYS_NFTABLES = 10;
/** NLM_F_ACK and NLM_F_CREATE, with NLM_F_EXCL and with NLM_F_APPEND. */
const NEW = 0x4 | 0x400 | 0x200;
const APPENDED = 0x4 | 0x400 | 0x800;
const NFPROTO = { inet: 1, bridge: 7 } as const;
const TABLE = { name: 1, flags: 2 } as const;
const OWNER = 2;
const CHAIN = { table: 1, name: 3, hook: 4, type: 7 } as const;
const HOOK = { number: 1, priority: 2 } as const;
const RULE = { table: 1, chain: 2, expressions: 4 } as const;
const LIST_ELEMENT = 1;
const EXPRESSION = { name: 1, data: 2 } as const;
const META = { to: 1, key: 2, from: 3 } as const;
const META_KEY = { l4Protocol: 16, trace: 12 } as const;
const PAYLOAD = { to: 1, base: 2, offset: 3, length: 4 } as const;
const TRANSPORT = 2;
const COMPARE = { from: 1, operation: 2, data: 3 } as const;
const IMMEDIATE = { to: 1, data: 2 } as const;
const DATA_VALUE = 1;
const REGISTER = 1;
/** Before everything that may drop: raw is at -300, what must come before defragmentation at -450. */
const PRIORITY = -500;
/** Of the hooks in the families inet and bridge alike. */
const HOOKS = [
  { name: 'arriving', number: 0 },
  { name: 'sent', number: 3 },
] as const;

/** Packets of this protocol whose transport header holds this value there. */
export type TraceMatch = { readonly protocol: number; readonly offset: number; readonly value: Uint8Array };

export type TraceTable = { readonly remove: () => void };

/** Makes the table. Throws `SystemError`: EPERM without CAP_NET_ADMIN, EOPNOTSUPP or EINVAL where the kernel knows no owners. */
export function makeTraceTable(
  namespace: NamespaceHandle,
  family: keyof typeof NFPROTO,
  name: string,
  matches: readonly TraceMatch[],
): TraceTable {
  const socket = namespace.openNetlink('netfilter');
  try {
    submit(socket, NFPROTO[family], messagesFor(name, matches));
  } catch (error) {
    socket.close();
    throw error;
  }
  return { remove: socket.close };
}

type Message = {
  readonly type: number;
  readonly flags: number;
  readonly attributes: readonly Uint8Array[];
};

function messagesFor(table: string, matches: readonly TraceMatch[]): readonly Message[] {
  const hooks = HOOKS.map(({ name, number }) => ({
    type: MESSAGE.chain,
    flags: NEW,
    attributes: [
      text(CHAIN.table, table),
      text(CHAIN.name, name),
      nest(CHAIN.hook, [u32be(HOOK.number, number), u32be(HOOK.priority, PRIORITY)]),
      text(CHAIN.type, 'filter'),
    ],
  }));
  const rules = HOOKS.flatMap(({ name }) =>
    matches.map((match) => ({
      type: MESSAGE.rule,
      flags: APPENDED,
      attributes: [text(RULE.table, table), text(RULE.chain, name), nest(RULE.expressions, tracing(match))],
    })),
  );
  const made = {
    type: MESSAGE.table,
    flags: NEW,
    attributes: [text(TABLE.name, table), u32be(TABLE.flags, OWNER)],
  };
  return [made, ...hooks, ...rules];
}

function tracing({ protocol, offset, value }: TraceMatch): readonly Uint8Array[] {
  return [
    expression('meta', [u32be(META.to, REGISTER), u32be(META.key, META_KEY.l4Protocol)]),
    compare(Uint8Array.of(protocol)),
    expression('payload', [
      u32be(PAYLOAD.to, REGISTER),
      u32be(PAYLOAD.base, TRANSPORT),
      u32be(PAYLOAD.offset, offset),
      u32be(PAYLOAD.length, value.length),
    ]),
    compare(value),
    expression('immediate', [
      u32be(IMMEDIATE.to, REGISTER),
      nest(IMMEDIATE.data, [attribute(DATA_VALUE, Uint8Array.of(1))]),
    ]),
    expression('meta', [u32be(META.key, META_KEY.trace), u32be(META.from, REGISTER)]),
  ];
}

/** NFT_CMP_EQ is 0. */
function compare(value: Uint8Array): Uint8Array {
  return expression('cmp', [
    u32be(COMPARE.from, REGISTER),
    u32be(COMPARE.operation, 0),
    nest(COMPARE.data, [attribute(DATA_VALUE, value)]),
  ]);
}

function expression(name: string, data: readonly Uint8Array[]): Uint8Array {
  return nest(LIST_ELEMENT, [text(EXPRESSION.name, name), nest(EXPRESSION.data, data)]);
}

/** All or nothing, as nf_tables takes a batch: the first that is refused undoes the others. */
function submit(socket: NetlinkSocket, family: number, messages: readonly Message[]): void {
  const frame = (type: number) =>
    encodeRequest({ type, header: Uint8Array.of(0, 0, 0, NFNL_SUBSYS_NFTABLES), dump: false }, 0);
  const bodies = messages.map(({ type, flags, attributes }, index) =>
    encodeRequest(
      { type, header: Uint8Array.of(family, 0, 0, 0), attributes, dump: false, flags },
      index + 1,
    ),
  );
  socket.send(join([frame(MESSAGE.begin), ...bodies, frame(MESSAGE.end)]));
  for (let open = messages.length; open > 0; open -= 1) {
    const { errno } = decodeDatagram(socket.receive());
    if (errno > 0) throw new SystemError(ERRNO[errno] ?? `errno ${errno}`, 'make a table of nftables');
  }
}

/** errno.h: what the kernel may answer here. */
const ERRNO: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  17: 'EEXIST',
  22: 'EINVAL',
  95: 'EOPNOTSUPP',
};

function text(type: number, value: string): Uint8Array {
  return attribute(type, new TextEncoder().encode(`${value}\0`));
}

function u32be(type: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return attribute(type, bytes);
}

/** NLA_F_NESTED: attributes within one. */
function nest(type: number, parts: readonly Uint8Array[]): Uint8Array {
  return attribute(type | 0x8000, join(parts));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
