/**
 * Hostile text made safe: control and formatting characters become visible escapes. Everything a kernel name,
 * a label or a packet says goes through here once, when it enters the model.
 */

/** C0, DEL, C1, bidirectional and zero-width controls, line separators, BOM, lone surrogates. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** Nearly every text: that nothing in it is unsafe is seen several times as fast as it is searched for. */
const PLAIN = /^[ -~]*$/;

/**
 * Returns `text` with every control character written out, as `\x1b` or `\u202e`, so that it can neither move a
 * cursor nor hide. Text without such characters is returned unchanged.
 */
export function cleanText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, escapeCharacter);
}

/** A backslash that would be read as the beginning of an escape. */
const LOOKS_ESCAPED = /\\(?=x[0-9a-f]{2}|u[0-9a-f]{4})/g;

/**
 * The same for a name, where it enters the model and nowhere else: a backslash that could be taken for an escape is
 * written `\x5c`, so that the name `\x1b` of four characters differs from a name of one ESC. Other backslashes stay.
 */
export function cleanName(name: string): string {
  return cleanText(name.includes('\\') ? name.replace(LOOKS_ESCAPED, '\\x5c') : name);
}

/** The name that was cleaned; undefined where it holds bytes that are no UTF-8, and so is no text. */
export function originalName(clean: string): string | undefined {
  if (/\\x[89a-f][0-9a-f]/.test(clean)) return undefined;
  return clean.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/g, (_, byte?: string, unit?: string) =>
    String.fromCharCode(Number.parseInt(byte ?? unit ?? '', 16)),
  );
}

/** A code beyond ASCII is no byte: `\x9b` is the byte, `\u009b` the character. */
function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * Decodes bytes that should be UTF-8 (a link name may hold any byte) and cleans the result. A byte that is not
 * valid UTF-8 is written as `\xNN`, so that two different names never look the same.
 */
export function cleanBytes(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.includes('\ufffd')) return cleanName(text);
  const ascii = Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd')).join('');
  const others = bytes.filter((byte) => byte >= 0x80).values();
  return cleanName(ascii).replace(/\ufffd/g, () => rawByte(others.next().value ?? 0));
}

function rawByte(byte: number): string {
  return `\\x${byte.toString(16)}`;
}
