/**
 * Hostile text made safe: control and formatting characters become visible escapes. Everything a kernel name,
 * a label or a packet says goes through here once, when it enters the model.
 */

/** C0, DEL, C1, bidirectional and zero-width controls, line separators, BOM, lone surrogates. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/**
 * Returns `text` with every control character written out, as `\x1b` or `\u202e`, so that it can neither move a
 * cursor nor hide. Text without such characters is returned unchanged.
 */
export function cleanText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * Decodes bytes that should be UTF-8 (a link name may hold any byte) and cleans the result. A byte that is not
 * valid UTF-8 is written as `\xNN`, so that two different names never look the same.
 */
export function cleanBytes(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.includes('\ufffd')) return cleanText(text);
  return cleanText(
    Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : rawByte(byte))).join(''),
  );
}

function rawByte(byte: number): string {
  return `\\x${byte.toString(16)}`;
}
