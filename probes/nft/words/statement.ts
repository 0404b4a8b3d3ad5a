/** One part of a rule, from nft's JSON (libnftables-json(5)) to the words of `nft -s list`. */
import { onlyMember } from '../verbatim.ts';
import { joined, membersOf, nameWord, numberWord, quoted, withWord } from './known.ts';
import { subjectOf } from './leaf.ts';
import { mangleWords } from './mangle.ts';
import { verdictMapWords } from './map.ts';
import { matchWords } from './match.ts';
import { natWords } from './nat.ts';
import { verdictWords } from './verdict.ts';

/** Of a table of this family; undefined where the words are not known for certain. */
export function statementWords(value: unknown, family: string): string | undefined {
  const [name = '', inside] = onlyMember(value) ?? [];
  switch (name) {
    case 'match':
      return matchWords(inside);
    case 'vmap':
      return verdictMapWords(inside);
    case 'mangle':
      return mangleWords(inside);
    case 'counter':
      return counterWords(inside);
    case 'limit':
      return limitWords(inside);
    case 'log':
      return logWords(inside);
    case 'reject':
      return rejectWords(inside, family);
    case 'ct count':
      return countWords(inside);
    case 'ct helper':
      return namedWords('ct helper set', inside);
    case 'flow':
      return flowWords(inside);
    case 'set':
      return updateWords(inside);
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
      return natWords(name, inside);
    case 'notrack':
      return inside === null ? name : undefined;
    default:
      return verdictWords(value);
  }
}

/** `-s` leaves out what it has counted. */
function counterWords(inside: unknown): string | undefined {
  if (typeof inside === 'string') return namedWords('counter name', inside);
  return membersOf(inside, ['packets', 'bytes']) && 'counter';
}

/** An object of the table. */
function namedWords(before: string, inside: unknown): string | undefined {
  const name = nameWord(inside);
  return name === undefined ? undefined : `${before} "${name}"`;
}

const PER: readonly unknown[] = ['second', 'minute', 'hour', 'day', 'week'];
/** Packets beyond the rate that nft takes for granted, and does not print. */
const USUAL_BURST = 5;

function limitWords(inside: unknown): string | undefined {
  if (typeof inside === 'string') return namedWords('limit name', inside);
  const { rate, burst, per, inv } = membersOf(inside, ['rate', 'burst', 'per', 'inv']) ?? {};
  if (!PER.includes(per) || (inv !== undefined && inv !== true)) return undefined;
  const words = joined([inv ? 'limit rate over ' : 'limit rate ', numberWord(rate), `/${String(per)}`], '');
  if (burst === USUAL_BURST) return words;
  return typeof burst === 'number' && burst > 0
    ? joined([words, 'burst', numberWord(burst), 'packets'], ' ')
    : undefined;
}

const LEVELS: readonly unknown[] = ['emerg', 'alert', 'crit', 'err', 'notice', 'info', 'debug'];

function logWords(inside: unknown): string | undefined {
  if (inside === null) return 'log';
  const { prefix, group, level, flags } = membersOf(inside, ['prefix', 'group', 'level', 'flags']) ?? {};
  const parts = [
    ...(prefix === undefined ? [] : [withWord('prefix', quoted(prefix))]),
    ...(group === undefined ? [] : [withWord('group', numberWord(group))]),
    ...(level === undefined ? [] : [LEVELS.includes(level) ? `level ${String(level)}` : undefined]),
    ...(flags === undefined ? [] : [flags === 'all' ? 'flags all' : undefined]),
  ];
  return parts.length === 0 ? undefined : joined(['log', ...parts], ' ');
}

const REJECTIONS = /^(?:icmp|icmpv6|icmpx) [a-z]+-[a-z]+$/;

/** What is left out: the usual answer of the family that the table is of. Other families were not compared. */
const USUAL: Readonly<Record<string, string>> = { ip: 'icmp', ip6: 'icmpv6', inet: 'icmpx' };

function rejectWords(inside: unknown, family: string): string | undefined {
  const { type, expr } = membersOf(inside, ['type', 'expr']) ?? {};
  const usual = Object.hasOwn(USUAL, family) ? USUAL[family] : undefined;
  if (usual === undefined) return undefined;
  if (type === 'tcp reset' && expr === undefined) return 'reject with tcp reset';
  // nft itself makes no other answers in ip and ip6.
  if (type !== usual && family !== 'inet') return undefined;
  const kind = `${String(type)} ${String(expr)}`;
  if (!REJECTIONS.test(kind)) return undefined;
  return expr === 'port-unreachable' && type === usual ? 'reject' : `reject with ${kind}`;
}

function countWords(inside: unknown): string | undefined {
  const { val, inv } = membersOf(inside, ['val', 'inv']) ?? {};
  if (inv !== undefined && inv !== true) return undefined;
  return withWord(inv ? 'ct count over' : 'ct count', numberWord(val));
}

function flowWords(inside: unknown): string | undefined {
  const { op, flowtable } = membersOf(inside, ['op', 'flowtable']) ?? {};
  return op === 'add' ? withWord('flow add', atName(flowtable)) : undefined;
}

/** `@name`, as rules point to a set. */
function atName(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('@')) return undefined;
  return nameWord(value.slice(1)) && value;
}

/** `add @met { ip saddr }`, and with one limit for each element. */
function updateWords(inside: unknown): string | undefined {
  const { op, elem, set, stmt } = membersOf(inside, ['op', 'elem', 'set', 'stmt']) ?? {};
  if (op !== 'add' && op !== 'update' && op !== 'delete') return undefined;
  const each: readonly unknown[] = stmt === undefined ? [] : Array.isArray(stmt) ? stmt : [undefined];
  if (each.length > 1) return undefined;
  const repeated = each.map((one) => {
    const [kind, what] = onlyMember(one) ?? [];
    return kind === 'limit' ? limitWords(what) : undefined;
  });
  return joined([op, atName(set), '{', subjectOf(elem)?.words, ...repeated, '}'], ' ');
}
