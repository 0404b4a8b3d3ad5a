/** One thing that a rule asks a packet for, in nft's words: `meta mark`, `tcp dport`, `ct original ip saddr`. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf, numberWord } from './known.ts';
import { CT, CT_DIRECTED, FIB, META, PAYLOAD, type Style } from './leaves.ts';

/** Its words, and how values of it are printed: several styles for several of them joined by ` . `. */
export type Subject = { readonly words: string; readonly styles: readonly Style[] };

/** A leaf or several joined; undefined where it is not known. */
export function subjectOf(value: unknown): Subject | undefined {
  const [kind, inside] = onlyMember(value) ?? [];
  if (kind !== 'concat') return leafOf(kind, inside);
  if (!Array.isArray(inside) || inside.length < 2) return undefined;
  const parts = inside.map((part: unknown) => {
    const [name, what] = onlyMember(part) ?? [];
    return leafOf(name, what);
  });
  const words = joined(
    parts.map((part) => part?.words),
    ' . ',
  );
  return words === undefined ? undefined : { words, styles: parts.flatMap((part) => part?.styles ?? []) };
}

function leafOf(kind: string | undefined, inside: unknown): Subject | undefined {
  switch (kind) {
    case 'meta':
      return metaOf(inside);
    case 'payload':
      return payloadOf(inside);
    case 'ct':
      return ctOf(inside);
    case 'fib':
      return fibOf(inside);
    case 'numgen':
      return numgenOf(inside);
    default:
      return undefined;
  }
}

function metaOf(inside: unknown): Subject | undefined {
  const found = own(META, membersOf(inside, ['key'])?.key);
  return found && { words: found[0], styles: [found[1]] };
}

function payloadOf(inside: unknown): Subject | undefined {
  const { protocol, field } = membersOf(inside, ['protocol', 'field']) ?? {};
  const style = own(own(PAYLOAD, protocol) ?? {}, field);
  return style && { words: `${String(protocol)} ${String(field)}`, styles: [style] };
}

function ctOf(inside: unknown): Subject | undefined {
  const { key, dir } = membersOf(inside, ['key', 'dir']) ?? {};
  if (dir !== undefined && dir !== 'original' && dir !== 'reply') return undefined;
  const style = own(dir === undefined ? CT : CT_DIRECTED, key);
  return style && { words: `ct ${dir === undefined ? '' : `${dir} `}${String(key)}`, styles: [style] };
}

const FIB_FLAGS: readonly unknown[] = ['saddr', 'daddr', 'mark', 'iif', 'oif'];

function fibOf(inside: unknown): Subject | undefined {
  const { result, flags } = membersOf(inside, ['result', 'flags']) ?? {};
  const style = own(FIB, result);
  if (!style || !Array.isArray(flags) || flags.length === 0) return undefined;
  if (!flags.every((flag) => FIB_FLAGS.includes(flag))) return undefined;
  return { words: `fib ${flags.join(' . ')} ${String(result)}`, styles: [style] };
}

function numgenOf(inside: unknown): Subject | undefined {
  const { mode, mod, offset } = membersOf(inside, ['mode', 'mod', 'offset']) ?? {};
  const modulus = numberWord(mod);
  if ((mode !== 'inc' && mode !== 'random') || modulus === undefined || offset !== 0) return undefined;
  return { words: `numgen ${mode} mod ${modulus}`, styles: ['number'] };
}

function own<T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}
