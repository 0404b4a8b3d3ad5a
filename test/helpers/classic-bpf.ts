/** Runs a classic BPF program over a packet as the kernel does (net/core/filter.c): how many bytes of it are kept. */

/** SKF_AD_OFF + SKF_AD_PROTOCOL. */
const ETHER_TYPE_AT = 0xfffff000;

/** Only the instructions that netpeek's filters consist of; any other fails. A load beyond the end keeps nothing. */
export function runFilter(program: Uint8Array, packet: Uint8Array, etherType: number): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  let a = 0;
  let x = 0;
  try {
    for (let at = 0; at < program.length; at += 8) {
      const instruction = code.getUint16(at, true);
      const k = code.getUint32(at + 4, true);
      if (instruction === 0x06) return k;
      if (instruction === 0x28) a = k === ETHER_TYPE_AT ? etherType : data.getUint16(k);
      else if (instruction === 0x30) a = data.getUint8(k);
      else if (instruction === 0x40) a = data.getUint32(x + k);
      else if (instruction === 0x48) a = data.getUint16(x + k);
      else if (instruction === 0x50) a = data.getUint8(x + k);
      else if (instruction === 0x01) x = k;
      else if (instruction === 0xb1) x = (data.getUint8(k) & 0x0f) * 4;
      else if (instruction === 0x15) at += 8 * code.getUint8(at + (a === k ? 2 : 3));
      else if (instruction === 0x45) at += 8 * code.getUint8(at + ((a & k) !== 0 ? 2 : 3));
      else throw new Error(`instruction ${instruction.toString(16)} at ${at / 8}`);
    }
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
  throw new Error('the program runs beyond its end');
}
