/** `snat`, `dnat`, `masquerade`, `redirect` (net/netfilter/nft_nat.c, nft_masq.c, nft_redir.c). */
import type { NftElement, NftExpression, NftStatement } from '../../../model/nftables.ts';
import { parseAddress } from '../conditions/address-value.ts';
import type { NatRange, Rewrite, Step, Verdict } from '../program.ts';
import { DATATYPES } from './datatype.ts';
import { compileFind, isVerdict } from './evaluate.ts';
import type { TableContext } from './subject.ts';

type Nat = Extract<NftStatement, { kind: 'nat' }>;
type Target = Pick<Rewrite, 'address' | 'port' | 'netmapLength'>;
type Find = ReturnType<typeof compileFind>;

/** One that is for the other family does nothing, and the rule goes on (nft_nat_inet_eval()). */
export function compileNat(nat: Nat, context: TableContext): Step {
  const manip = nat.how === 'snat' || nat.how === 'masquerade' ? 'source' : 'destination';
  const random = nat.flags.some((flag) => flag === 'random' || flag === 'fully-random');
  const base: Rewrite = { manip, ...(random ? { random } : {}) };
  const isNetmap = nat.flags.includes('netmap');
  const addresses = findOf(nat.address, context);
  const ports = findOf(nat.port, context);
  const ofOwn = nat.how === 'masquerade' || nat.how === 'redirect';
  return {
    kind: 'decide',
    decide: (packet, around) => {
      if (nat.family && (packet.family === 'ipv4') !== (nat.family === 'ip')) return [{ kind: 'continue' }];
      const address = ofOwn ? OWN : addresses ? addresses(packet, around) : NOTHING;
      const port = ports ? ports(packet, around) : NOTHING;
      if (address.length === 0 || port.length === 0) return [{ kind: 'continue' }];
      const target: Target = {
        ...(address === OWN ? { address: 'own' } : targetOf(address, isNetmap)),
        ...(port === NOTHING ? {} : { port: portOf(port) }),
      };
      const verdict: Verdict = { kind: 'nat', rewrite: { ...base, ...target } };
      return address.includes('miss') || port.includes('miss') ? [verdict, { kind: 'continue' }] : [verdict];
    },
  };
}

type Possible = ReturnType<Find>;
const OWN: Possible = [undefined];
const NOTHING: Possible = [undefined];

/** What it may be: of a map what is found, of anything else itself. */
function findOf(expression: NftExpression | undefined, context: TableContext): Find | undefined {
  if (!expression) return undefined;
  if (expression.kind === 'map') return compileFind(expression.key, expression.data, context);
  const alone = [expression];
  return () => alone;
}

/** Of several that are possible, nobody knows which. */
function onlyOne(possible: Possible): NftExpression | undefined {
  const [value, ...more] = possible.filter((one) => one !== 'miss');
  return more.length > 0 || value === undefined || isVerdict(value as NonNullable<NftElement['value']>)
    ? undefined
    : (value as NftExpression);
}

/** An address, perhaps with a port (`10.0.0.1 . 80` in a map). */
function targetOf(possible: Possible, isNetmap: boolean): Target {
  if (possible === NOTHING) return {};
  const value = onlyOne(possible);
  const [address, port, ...more] = value?.kind === 'concat' ? value.parts : [value];
  const range = address && more.length === 0 ? addressRange(address) : undefined;
  if (!range) return { address: 'unknown', ...(port ? { port: 'unknown' } : {}) };
  const { length, ...ends } = range;
  return {
    address: ends,
    ...(isNetmap ? { netmapLength: length ?? (ends.first.includes(':') ? 128 : 32) } : {}),
    ...(port ? { port: portOf([port]) } : {}),
  };
}

function addressRange(
  expression: NftExpression,
): (NatRange<string> & { readonly length?: number }) | undefined {
  const text = addressText(expression);
  if (text !== undefined) return { first: text, last: text };
  if (expression.kind === 'prefix') {
    const { address, length } = expression;
    const words = parseAddress(address)?.length;
    if (!words || !Number.isInteger(length) || length < 0 || length > words * 32) return undefined;
    // Without netmap, any address of the prefix may be taken: first and last need only be told apart.
    return { first: address, last: length === words * 32 ? address : `${address}/${length}`, length };
  }
  if (expression.kind !== 'range') return undefined;
  const first = addressText(expression.first);
  const last = addressText(expression.last);
  return first === undefined || last === undefined ? undefined : { first, last };
}

function addressText(expression: NftExpression): string | undefined {
  return expression.kind === 'value' && typeof expression.value === 'string' && parseAddress(expression.value)
    ? expression.value
    : undefined;
}

function portOf(possible: Possible): NatRange<number> | 'unknown' {
  const value = onlyOne(possible);
  const [first, last] = value?.kind === 'range' ? [value.first, value.last] : [value, value];
  const [low, high] = [portNumber(first), portNumber(last)];
  return low === undefined || high === undefined ? 'unknown' : { first: low, last: high };
}

const PORT = DATATYPES.number(16);

function portNumber(expression: NftExpression | undefined): number | undefined {
  if (expression?.kind !== 'value') return undefined;
  const value = PORT.parse(expression.value);
  return typeof value === 'bigint' && value <= 65_535n ? Number(value) : undefined;
}
