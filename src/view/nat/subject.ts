/** Whom a rule means, in words: `172.18.0.0/16 leaving by anything but br-back`, `tcp to 203.0.113.5:25`. */
import type { NftHook } from '../../model/nftables.ts';
import { isAddress, joinPort } from './address-text.ts';
import type { Condition, Field, Known } from './condition.ts';
import type { Names } from './names.ts';

/** What is asked of one field: it is one of `is`, and none of `not`. */
type Asked = { readonly is: readonly string[] | undefined; readonly not: readonly string[] };

/** Undefined where the conditions say more than a sentence can. */
export function formatSubject(
  conditions: readonly Condition[],
  hook: NftHook | undefined,
  names: Names,
): string | undefined {
  const known = conditions.filter((one): one is Known => one.kind !== 'other');
  if (known.length < conditions.length) return undefined;
  const fields = new Map<Field, Asked>();
  for (const { kind, not, values } of known) {
    const before = fields.get(kind) ?? { is: undefined, not: [] };
    // Two lists of which both must hold: what they share is not worked out here.
    if (!not && before.is) return undefined;
    fields.set(kind, not ? { ...before, not: [...before.not, ...values] } : { ...before, is: values });
  }
  const protocol = wordsOf(fields.get('protocol'), 'protocol');
  const source = endOf(fields, 'source', names);
  const destination = endOf(fields, 'destination', names);
  const what =
    protocol === undefined
      ? [source ?? 'everything', ...(destination === undefined ? [] : [`to ${destination}`])]
      : [
          protocol,
          ...(source === undefined ? [] : [`from ${source}`]),
          ...(destination === undefined ? [] : [`to ${destination}`]),
        ];
  // An address says it already.
  const isTold = [fields.get('source'), fields.get('destination')].some((end) =>
    end?.is?.some((value) => /^[\da-f]*[.:]/.test(value)),
  );
  const family = (isTold ? undefined : fields.get('family')?.is)?.map((name) =>
    name === 'ipv4' ? 'IPv4' : 'IPv6',
  );
  const way = [
    ...clause('arriving by', fields.get('in')),
    ...clause('leaving by', fields.get('out')),
    ...(hook === 'output' ? [`sent by ${names.here}`] : hook === 'input' ? [`for ${names.here}`] : []),
  ];
  return [...(family ?? []), ...what, way.join(' and ')].filter(Boolean).join(' ');
}

/** One end of the packet's way, its address and port together; undefined where nothing is asked of it. */
function endOf(
  fields: ReadonlyMap<Field, Asked>,
  kind: 'source' | 'destination',
  names: Names,
): string | undefined {
  const address = fields.get(kind);
  const local = fields.get(kind === 'source' ? 'from-local' : 'to-local');
  const ports = fields.get(`${kind}-port`);
  const port = wordsOf(ports, 'port');
  const [only, ...more] = address?.is ?? [];
  const [onePort, ...morePorts] = ports?.is ?? [];
  const isSingle = only !== undefined && more.length === 0 && address?.not.length === 0 && !local;
  if (
    isSingle &&
    onePort !== undefined &&
    morePorts.length === 0 &&
    ports?.not.length === 0 &&
    isAddress(only)
  )
    return named(only, joinPort(only, onePort), names);
  const where = placeOf(address, local, names);
  if (port === undefined) return where === '' ? undefined : where;
  return where === '' ? port : `${port} of ${where}`;
}

/** The address part of an end; empty where nothing is asked of it. */
function placeOf(address: Asked | undefined, local: Asked | undefined, names: Names): string {
  const [only, ...more] = address?.is ?? [];
  const isSingle = only !== undefined && more.length === 0 && address?.not.length === 0;
  const words = isSingle ? names.withName(only) : wordsOf(address, '');
  if (!local) return words ?? '';
  if (!local.is) return words === undefined ? `anything but ${names.here}` : `${words} but not ${names.here}`;
  if (words === undefined) return names.here;
  if (!address?.is) return `${names.here} but not ${joinWords(address?.not ?? [], 'or')}`;
  return `${words} of ${names.here}`;
}

/** The address in its longer form (`172.17.0.2:80`), with its owner's name in front. */
function named(address: string, text: string, names: Names): string {
  const name = names.withName(address);
  return name === address ? text : `${name.slice(0, name.length - address.length)}${text}`;
}

function clause(verb: string, asked: Asked | undefined): readonly string[] {
  const words = wordsOf(asked, '');
  return words === undefined ? [] : [`${verb} ${words}`];
}

/** `eth0`, `eth0 or eth1`, `anything but br-back`, `10.0.0.0/8 but not 10.1.0.0/16`; with a noun, `port 80`. */
function wordsOf(asked: Asked | undefined, noun: '' | 'port' | 'protocol'): string | undefined {
  if (!asked) return undefined;
  const say = (values: readonly string[]) => joinWords(values, 'or');
  const before = (values: readonly string[]) =>
    noun === 'port'
      ? values.length > 1 || values.some((one) => one.includes('-'))
        ? 'ports '
        : 'port '
      : '';
  if (asked.is === undefined) return `${noun === 'port' ? 'any port' : 'anything'} but ${say(asked.not)}`;
  const not = asked.not.length === 0 ? '' : ` but not ${say(asked.not)}`;
  return `${before(asked.is)}${say(asked.is)}${not}`;
}

/** `a, b or c`. */
export function joinWords(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
