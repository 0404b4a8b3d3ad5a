/**
 * Checking JSON of unknown shape against a type of the model: each field by its type, unknown fields left out, every
 * text cleaned. A shape names every field of its type, so a field that is added to the model cannot be forgotten here.
 */
import { cleanText } from '../../model/clean-text.ts';

/** A value that is not what it must be; `path` says where, such as `namespaces[3].links[0].mtu`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly path: string;
  readonly expected: string;

  constructor(expected: string, path = '') {
    super(`${path === '' ? 'the document' : path.replace(/^\./, '')} is not ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

export type Decoder<T> = (value: unknown) => T;

/** A field that may be missing: left out then, or given a default. */
type Optional<T> = { readonly optional: Decoder<T>; readonly otherwise?: T };

/** Whether a field of a type is declared with `?`. */
type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;

/** How each field of an object is read. */
export type Shape<T> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true
    ? Optional<NonNullable<T[K]>>
    : Decoder<T[K]> | (Optional<T[K]> & { readonly otherwise: T[K] });
};

/** Text, safe to print. */
export const text: Decoder<string> = (value) => {
  if (typeof value !== 'string') throw new DecodeError('text');
  return cleanText(value);
};

export const number: Decoder<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError('a number');
  return value;
};

export const flag: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new DecodeError('true or false');
  return value;
};

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Decoder<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new DecodeError(`one of ${words.join(', ')}`);
    return found;
  };
}

export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value) => (value === null ? null : decode(value));
}

export function list<T>(decode: Decoder<T>): Decoder<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new DecodeError('a list');
    return value.map((each, index) => within(`[${index}]`, () => decode(each)));
  };
}

/** An object whose keys are data: sysctls, options. */
export function record<T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value) => {
    const entries = Object.entries(objectOf(value));
    return Object.fromEntries(
      entries.map(([key, each]) => [cleanText(key), within(`.${cleanText(key)}`, () => decode(each))]),
    );
  };
}

/** A field that may be missing. */
export function optional<T>(decode: Decoder<T>): Optional<T> {
  return { optional: decode };
}

/** A field that older documents do not have. */
export function fallback<T>(decode: Decoder<T>, otherwise: T): Optional<T> & { readonly otherwise: T } {
  return { optional: decode, otherwise };
}

/** An object with these fields and no others. */
export function object<T extends object>(shape: Shape<T>): Decoder<T> {
  const fields = Object.entries(shape) as [string, Decoder<unknown> | Optional<unknown>][];
  return (value) => {
    const given = objectOf(value);
    const result: Record<string, unknown> = {};
    for (const [key, field] of fields) {
      const decode = typeof field === 'function' ? field : field.optional;
      const isMissing = !Object.hasOwn(given, key);
      if (!isMissing || typeof field === 'function')
        result[key] = within(`.${key}`, () => decode(isMissing ? undefined : given[key]));
      else if ('otherwise' in field) result[key] = field.otherwise;
    }
    return result as T;
  };
}

/** One of several types, told apart by `kind`. */
export function byKind<T extends { readonly kind: string }>(
  decoders: Readonly<Record<T['kind'], Decoder<T>>>,
): Decoder<T> {
  const kinds = Object.keys(decoders) as T['kind'][];
  const kindOf = oneOf(...kinds);
  return (value) => decoders[within('.kind', () => kindOf(objectOf(value).kind))](value);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DecodeError('an object');
  return value as Record<string, unknown>;
}

/** Runs a step, and says in a failure where it was. */
function within<T>(step: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.expected, `${step}${error.path}`);
  }
}
