/** Reading JSON of unknown shape: a wrong type becomes an empty value of the right one, text is cleaned. */
import { cleanName } from '../src/model/clean-text.ts';

/** The value as an object; empty when it is none. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The value as an array; empty when it is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text safe to print; empty when it is none. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? cleanName(value) : '';
}

/** The value as a whole number; 0 when it is none. */
export function asNumber(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}
