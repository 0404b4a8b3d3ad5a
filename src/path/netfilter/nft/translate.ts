/** `snat`, `dnat`, `masquerade`, `redirect` (net/netfilter/nft_nat.c, nft_masq.c, nft_redir.c). */
import type { NftElement, NftExpression, NftStatement } from '../../../model/nftables.ts';
import { parseAddress } from '../conditions/address-value.ts';
import type { Packet } from '../packet.ts';
import type { NatRange, Rewrite, Step, Test } from '../program.ts';
import type { Surroundings } from '../surroundings.ts';
import { DATATYPES } from './datatype.ts';
import { compileFind, isVerdict } from './evaluate.ts';
import type { TableContext } from './subject.ts';

type Nat = Extract<NftStatement, { kind: 'nat' }>;
type Target = Pick<Rewrite, 'address' | 'port' | 'netmapLength'>;
type Find = ReturnType<typeof compileFind>;

/**
 * A map without the packet's key ends the rule. One that is for the other family does nothing, and the rule goes on
 * (nft_nat_inet_eval()).
 */
export function compileNat(nat: Nat, context: TableContext): readonly Step[] {
  const manip = nat.how === 'snat' || nat.how === 'masquerade' ? 'source' : 'destination';
  const random = nat.flags.some((flag) => flag === 'random' || flag === 'fully-random');
  const base: Rewrite = { manip, ...(random ? { random } : {}) };
  const isNetmap = nat.flags.includes('netmap');
  const addresses = findOf(nat.address, context);
  const ports = findOf(nat.port, context);
  const ofOwn = nat.how === 'masquerade' || nat.how === 'redirect';
  const possible = (packet: Packet, around: Surroundings) => ({
    address: ofOwn ? OWN : addresses ? addresses(packet, around) : NOTHING,
    port: ports ? ports(packet, around) : NOTHING,
  });
  const isFound: Test = (packet, around) => {
    const { address, port } = possible(packet, around);
    if (address.length === 0 || port.length === 0) return 'no';
    return address.includes('miss') || port.includes('miss') ? 'unknown' : 'yes';
  };
  const decide: Step = {
    kind: 'decide',
    decide: (packet, around) => {
      if (nat.family && (packet.family === 'ipv4') !== (nat.family === 'ip')) return [{ kind: 'continue' }];
      const { address, port } = possible(packet, around);
      const target: Target = {
        ...(address === OWN ? { address: 'own' } : targetOf(address, isNetmap)),
        ...(port === NOTHING ? {} : { port: portOf(port) }),
      };
      return [{ kind: 'nat', rewrite: { ...base, ...target } }];
    },
  };
  return [{ kind: 'test', test: isFound }, decide];
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
