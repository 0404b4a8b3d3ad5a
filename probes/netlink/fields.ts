/** The attributes of one message or nest by type, each read as what it is; one that is missing or too short is undefined. */
import { bytesOf, eachAttribute, stringBytes } from './attributes.ts';
import { addressText, macText } from './rtnetlink.ts';

/** Integers are in host byte order unless the name says otherwise (netlink(7)). */
export class Fields {
  readonly #view: DataView;
  readonly #at: number[] = [];
  readonly #length: number[] = [];

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    eachAttribute(view, start, end, (type, at, length) => {
      this.#at[type] = at;
      this.#length[type] = length;
    });
  }

  #find(type: number, bytes: number): number | undefined {
    const length = this.#length[type];
    return length === undefined || length < bytes ? undefined : this.#at[type];
  }

  has(type: number): boolean {
    return this.#at[type] !== undefined;
  }

  u8(type: number): number | undefined {
    const at = this.#find(type, 1);
    return at === undefined ? undefined : this.#view.getUint8(at);
  }

  /** A flag of one byte. */
  bool(type: number): boolean | undefined {
    const value = this.u8(type);
    return value === undefined ? undefined : value !== 0;
  }

  u16(type: number): number | undefined {
    const at = this.#find(type, 2);
    return at === undefined ? undefined : this.#view.getUint16(at, true);
  }

  /** In network byte order: ports and protocol numbers. */
  u16be(type: number): number | undefined {
    const at = this.#find(type, 2);
    return at === undefined ? undefined : this.#view.getUint16(at, false);
  }

  u32(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at === undefined ? undefined : this.#view.getUint32(at, true);
  }

  /** In network byte order. */
  u32be(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at === undefined ? undefined : this.#view.getUint32(at, false);
  }

  i32(type: number): number | undefined {
    const at = this.#find(type, 4);
    return at === undefined ? undefined : this.#view.getInt32(at, true);
  }

  /** In network byte order; a number beyond 2^53 is rounded. */
  u64be(type: number): number | undefined {
    const at = this.#find(type, 8);
    return at === undefined ? undefined : Number(this.#view.getBigUint64(at, false));
  }

  /** 64 bits; what does not fit a double (2^53 and more) is rounded. */
  u64(type: number): number | undefined {
    const at = this.#find(type, 8);
    return at === undefined ? undefined : Number(this.#view.getBigUint64(at, true));
  }

  /** The bytes of a string, to be cleaned before they are shown. */
  string(type: number): Uint8Array | undefined {
    const at = this.#at[type];
    return at === undefined ? undefined : stringBytes(this.#view, at, this.#length[type] ?? 0);
  }

  bytes(type: number): Uint8Array | undefined {
    const at = this.#at[type];
    return at === undefined ? undefined : bytesOf(this.#view, at, this.#length[type] ?? 0);
  }

  address(type: number): string | undefined {
    const bytes = this.bytes(type);
    return bytes === undefined ? undefined : addressText(bytes);
  }

  mac(type: number): string | undefined {
    const bytes = this.bytes(type);
    return bytes === undefined ? undefined : macText(bytes);
  }

  /** The attributes inside of each of one type, in a list of them; none where it is missing. */
  list(type: number, inside: number): readonly Fields[] {
    const at = this.#at[type];
    const found: Fields[] = [];
    if (at === undefined) return found;
    eachAttribute(this.#view, at, at + (this.#length[type] ?? 0), (one, start, length) => {
      if (one === inside) found.push(new Fields(this.#view, start, start + length));
    });
    return found;
  }

  /** The strings of one type inside of an attribute, where it is a list of them; none where it is missing. */
  each(type: number, inside: number): readonly Uint8Array[] {
    const at = this.#at[type];
    const found: Uint8Array[] = [];
    if (at === undefined) return found;
    eachAttribute(this.#view, at, at + (this.#length[type] ?? 0), (one, start, length) => {
      if (one === inside) found.push(stringBytes(this.#view, start, length));
    });
    return found;
  }

  /** The attributes inside of one; undefined where it is missing. */
  nested(type: number): Fields | undefined {
    const at = this.#at[type];
    return at === undefined ? undefined : new Fields(this.#view, at, at + (this.#length[type] ?? 0));
  }
}

/** The object without the members that are undefined: what the kernel did not say is absent. */
export function said<T extends object>(value: T): Said<T> {
  const kept = { ...value } as Record<string, unknown>;
  for (const key of Object.keys(kept)) if (kept[key] === undefined) delete kept[key];
  return kept as Said<T>;
}

type MayBeUnsaid<T> = { [Key in keyof T]: undefined extends T[Key] ? Key : never }[keyof T];

export type Said<T> = { readonly [Key in Exclude<keyof T, MayBeUnsaid<T>>]: T[Key] } & {
  readonly [Key in MayBeUnsaid<T>]?: Exclude<T[Key], undefined>;
};
