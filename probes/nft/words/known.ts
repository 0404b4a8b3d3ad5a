/** Small steps that every part of the words of a rule is made of. `undefined` is 'not known', and whatever holds it is not known. */

/** Of an object that has these members and no others; a member that is not known may change the words. */
export function membersOf(
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  for (const name in value) if (!names.includes(name)) return undefined;
  return value as Record<string, unknown>;
}

/** All of them in one text, unless one is not known. */
export function joined(parts: readonly (string | undefined)[], between: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(between);
}

/** In the quotes in which nft prints what somebody has written; only what it prints unchanged. */
export function quoted(value: unknown): string | undefined {
  return typeof value === 'string' && /^[ !#-~]*$/.test(value) ? `"${value}"` : undefined;
}

/** The name of a chain, set, counter, … as rules of nft's own language can have it. */
export function nameWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z_][\w./-]*$/.test(value) ? value : undefined;
}

/** A whole number from 0 on, in decimal. */
export function numberWord(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
}

/** The same with a word before it. */
export function withWord(word: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${word} ${text}`;
}
