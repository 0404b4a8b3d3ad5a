/** Reads a saved document that may be anything: its size, its depth and its number of values are bounded before it is parsed. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EXIT, UserError } from '../model/user-error.ts';

/** Bytes: 1,000 namespaces with 1,000 routes each. Beyond, V8 cannot hold the text with its values in its usual heap. */
const BYTES_LIMIT = 256 * 1024 * 1024;
/** Brackets within each other; a snapshot has nine. */
const DEPTH_LIMIT = 64;
/** Commas and opening brackets: each stands for a value that takes tens of bytes. */
const VALUES_LIMIT = 20_000_000;

/** The parsed JSON. Throws `UserError` with exit code 5 in place of whatever may be wrong with the file. */
export function readSavedJson(file: string): unknown {
  const bytes = readBytes(file);
  const excess = findExcess(bytes);
  if (excess) throw new UserError(EXIT.outside, `${file} ${excess}`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new UserError(EXIT.outside, `${file} is not complete JSON`, 'it may have been cut off');
  }
}

function readBytes(file: string): Uint8Array {
  try {
    const fd = openSync(file, 'r');
    try {
      return readUpTo(fd, file);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error) || !('code' in error)) throw error;
    throw new UserError(EXIT.outside, `cannot read ${file}: ${String(error.code)}`);
  }
}

/** A pipe or a device has no size, so what is read is counted. */
function readUpTo(fd: number, file: string): Uint8Array {
  const { size } = fstatSync(fd);
  const tooBig = new UserError(EXIT.outside, `${file} is larger than any snapshot (over 256 MiB)`);
  if (size > BYTES_LIMIT) throw tooBig;
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(Math.max(size - total, 0) + 65_536);
    const length = readSync(fd, chunk);
    if (length === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    total += length;
    if (total > BYTES_LIMIT) throw tooBig;
    chunks.push(chunk.subarray(0, length));
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** What there is too much of, in words. */
function findExcess(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (OPENING.has(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSING.has(byte)) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (depth > DEPTH_LIMIT) return `is nested deeper than any snapshot (over ${DEPTH_LIMIT} levels)`;
    if (values > VALUES_LIMIT) return 'holds more values than any snapshot';
  }
  return undefined;
}

/** The position of the quote that ends the text which begins here. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
