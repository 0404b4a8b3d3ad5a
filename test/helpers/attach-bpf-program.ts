/**
 * A program of its own, run inside a lab: `node attach-bpf-program.ts PINNED ingress|egress IFINDEX [LINK]` hangs a
 * pinned BPF program on a link without a qdisc (tcx), behind those that hang there. With LINK, by a bpf link that is
 * pinned at that path; without, by BPF_PROG_ATTACH (union bpf_attr, linux/bpf.h).
 */
import { BPF_COMMAND, bpf, openPinned, pin } from './bpf.ts';

/** enum bpf_attach_type */
const ATTACH_TYPES: Readonly<Record<string, number>> = { ingress: 46, egress: 47 };

const [path = '', side = '', ifindex = '', link] = process.argv.slice(2);
const type = ATTACH_TYPES[side];
if (type === undefined) throw new Error(`there is no side ${side}`);

const program = openPinned(path);
if (link === undefined)
  bpf(BPF_COMMAND.attach, (attr) => {
    attr.writeUInt32LE(Number(ifindex), 0);
    attr.writeUInt32LE(program, 4);
    attr.writeUInt32LE(type, 8);
  });
else
  pin(
    bpf(BPF_COMMAND.createLink, (attr) => {
      attr.writeUInt32LE(program, 0);
      attr.writeUInt32LE(Number(ifindex), 4);
      attr.writeUInt32LE(type, 8);
    }),
    link,
  );
