/** What is not understood of nft's JSON, kept as text that is safe to print and never long. */
import { cleanText } from '../../src/model/clean-text.ts';

/** Characters that are kept of one thing that is not understood. */
const KEPT_CHARACTERS = 2_000;

/** The value as JSON; never throws, however deep the value is nested. */
export function verbatimText(value: unknown): string {
  return cleanText(jsonOf(value).slice(0, KEPT_CHARACTERS));
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    // JSON.parse reads what is nested deeper than JSON.stringify can follow.
    if (error instanceof RangeError) return '…';
    throw error;
  }
}

/** The one member of an object such as `{"match": …}`; undefined where it is no such object. */
export function onlyMember(value: unknown): readonly [string, unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  // Thousands of rules are read: a list of the keys would be made for each of their parts.
  let found: string | undefined;
  for (const key in value) {
    if (found !== undefined) return undefined;
    found = key;
  }
  return found === undefined ? undefined : [found, (value as Record<string, unknown>)[found]];
}
